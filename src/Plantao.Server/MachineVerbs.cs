using System.Runtime.InteropServices;
using Plantao.Demo;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Verbs;

namespace Plantao;

/// <summary>The verbs that run on the machine itself, beside the database. A table of contents: one line per verb.</summary>
static class MachineVerbs
{
    public static async Task<int> Run(string verb, string[] args)
    {
        // A world of its own: no option leads it to anybody's data.
        if (verb == "demo") return await DemoVerb.Run(args, MachineTime.Instance);

        var (options, rest) = MachineLine.Read(args, out var fault);
        if (fault is not null)
        {
            await Console.Error.WriteLineAsync(fault);
            return MachineLine.Usage;
        }

        var (output, errors) = (Console.Out, Console.Error);
        if (verb == "serve") return await ServeVerb.Run(options, rest, output, errors, CancellationToken.None);   // the host hears the signals

        using var ending = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        try
        {
            return await (verb switch
            {
                "setup" => SetupVerb.Run(options, rest, output, errors, MachineTime.Instance, ending.Token),
                "backup" => BackupVerb.Run(options, rest, output, errors, ending.Token),
                "restore" => RestoreVerb.Run(options, rest, output, errors, ending.Token),
                "resume" => ResumeVerb.Run(options, rest, output, errors, ending.Token),
                "journal" => JournalVerb.Run(options, rest, output, errors, ending.Token),
                "doctor" => DoctorVerb.Run(options, rest, output, errors, ending.Token),
                _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, "Program.cs names a verb that has no line here."),
            });
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            await errors.WriteLineAsync("Ended before it was done.");
            return 130;
        }

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            ending.Cancel();
        }
    }
}
