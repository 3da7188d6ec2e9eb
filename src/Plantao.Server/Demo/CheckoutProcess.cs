using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Plantao.Demo;

/// <summary>A line of the sample service's diary: when, a word, and the rest.</summary>
sealed record Said(DateTimeOffset At, string Word, string Rest);

/// <summary>The sample checkout service, <c>targets/Checkout</c>, as a process of its own.</summary>
sealed class CheckoutProcess : IAsyncDisposable
{
    readonly Process process;
    readonly ConcurrentQueue<Said> said = new();
    readonly ConcurrentQueue<string> errors = new();
    readonly TimeProvider clock;

    CheckoutProcess(Process process, TimeProvider clock)
    {
        (this.process, this.clock) = (process, clock);
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => errors.Enqueue(line.Data ?? "");
    }

    /// <summary>Its diary so far.</summary>
    public IReadOnlyList<Said> Said => [.. said];

    public bool Lives => !process.HasExited;

    /// <summary>What it wrote to standard error, for who must find out why it ended.</summary>
    public string Errors => string.Join('\n', errors).Trim();

    /// <param name="alertsTo">Where its watch posts, as an Alertmanager would.</param>
    public static CheckoutProcess Start(string alertsTo, string data, TimeProvider clock)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "targets", "checkout");
        var program = Path.Combine(folder, "Plantao.Target.Checkout");
        // A build that shares the machine's .NET is started by it; one that carries its own starts by itself.
        var dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        var start = new ProcessStartInfo { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        if (!File.Exists(program + ".dll")) throw new NotSeenException($"The sample service is not beside the program, in {folder}. Build with ./plantao, which builds both.");
        start.FileName = File.Exists(dotnet) ? dotnet : program;
        if (start.FileName == dotnet) start.ArgumentList.Add(program + ".dll");
        foreach (var argument in (string[])["--urls", "http://127.0.0.1:0", "--alerts-to", alertsTo, "--data", data, "--end-with-input", "true"]) start.ArgumentList.Add(argument);

        var checkout = new CheckoutProcess(new Process { StartInfo = start }, clock);
        checkout.process.Start();
        checkout.process.BeginOutputReadLine();
        checkout.process.BeginErrorReadLine();
        return checkout;
    }

    void Hear(string? line)
    {
        if (line?.Split(' ', 3) is [var time, var word, var rest] && DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
            said.Enqueue(new Said(at, word, rest));
    }

    public async ValueTask DisposeAsync()
    {
        // Its input ends, so it ends; the same happens when we are killed and cannot ask.
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(3), clock);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }

        process.Dispose();
    }
}
