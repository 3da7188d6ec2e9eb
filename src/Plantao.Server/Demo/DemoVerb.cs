using System.Runtime.InteropServices;

namespace Plantao.Demo;

/// <summary><c>plantao demo</c>: a team, a service and a night, in a place of their own that is gone afterwards.</summary>
static class DemoVerb
{
    const string Usage = """
        plantao demo [--urls http://127.0.0.1:PORT]
            a team and a sample service that is broken for you; goes on until Ctrl+C
        plantao demo --walkthrough
            the same by itself, from the fault to the resolved alert, in about 15 s
        Both keep their data in a temporary folder, listen on loopback, and send nothing off this machine.
        """;

    /// <summary>The walkthrough takes 15 s; what takes longer than this hangs.</summary>
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);

    /// <returns>0 when alert, page, acknowledgement and resolve were all seen (of the live demonstration: after Ctrl+C); 1 when not, saying what was missing; 64 not understood; 130 when stopped before its end.</returns>
    public static async Task<int> Run(IReadOnlyList<string> args, TimeProvider clock)
    {
        var walkthrough = args is ["--walkthrough"];
        var urls = args switch
        {
            [] or ["--walkthrough"] => "http://127.0.0.1:0",
            ["--urls", var given] => given,
            [var only] when only.StartsWith("--urls=", StringComparison.Ordinal) => only["--urls=".Length..],
            _ => null,
        };
        // Whatever it shows is for this machine alone: its people are invented, and so is who may sign in.
        if (urls is null || !Uri.TryCreate(urls, UriKind.Absolute, out var address) || !address.IsLoopback || address.Scheme != Uri.UriSchemeHttp)
        {
            await Console.Error.WriteLineAsync(Usage);
            return 64;
        }

        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        using var limit = new CancellationTokenSource(walkthrough ? Longest : Timeout.InfiniteTimeSpan, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, limit.Token);
        var story = new Story(Console.Out, clock);
        try
        {
            story.Say(walkthrough ? "Plantão, walked through: a service breaks, people are paged, one of them answers." : "Plantão, live: a service breaks, people are paged, and you answer.");
            await using var world = await World.Start(walkthrough ? Waits.Short : Waits.Human, urls, story, clock, either.Token);
            if (walkthrough) await Walkthrough.Run(world, story, either.Token);
            else await Live.Run(world, story, either.Token);
            return 0;
        }
        catch (Exception end) when (stop.IsCancellationRequested && end is (OperationCanceledException or NotSeenException))
        {
            // Ctrl+C reaches the server and the sample service too: what is not seen any more is no fault.
            story.Say(walkthrough ? "Stopped before its end. Nothing is left running, and its data is gone." : "Stopped. Nothing is left running, and its data is gone.");
            return walkthrough ? 130 : 0;
        }
        catch (NotSeenException missing)
        {
            await Console.Error.WriteLineAsync("plantao demo: " + missing.Message);
            return 1;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync($"plantao demo: the walkthrough did not end within {Longest.TotalSeconds:0} s. Its last line says how far it came. Nothing is left running.");
            return 1;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }
}

/// <summary>Something that had to be seen from outside was not. The message says what, and what that leaves out.</summary>
sealed class NotSeenException(string message) : Exception(message);
