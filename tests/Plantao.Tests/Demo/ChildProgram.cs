using System.Diagnostics;
using Plantao.Tests.House;

namespace Plantao.Tests.Demo;

/// <summary>A program of this repository as it was built beside the tests, run as a process of its own.</summary>
sealed class ChildProgram : IAsyncDisposable
{
    /// <summary>Where the server's build lies, with the sample services beside it.</summary>
    public static readonly string Folder = Path.Combine(Sources.Root, "src", "Plantao.Server", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0");

    readonly Process process;
    readonly Task<string> errors;

    ChildProgram(Process process) => (this.process, errors) = (process, process.StandardError.ReadToEndAsync());

    public StreamReader Output => process.StandardOutput;

    public static ChildProgram Start(string program, IReadOnlyDictionary<string, string?>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(Folder, program));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>()) start.Environment[name] = value;
        return new ChildProgram(Process.Start(start)!);
    }

    /// <summary>Ctrl+C.</summary>
    public void Interrupt() => Process.Start("kill", ["-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]).WaitForExit();

    /// <summary>Waits for the end, at most 100 s: longer than the program gives itself.</summary>
    public async Task<(int Code, string Output, string Errors)> End()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(100), TimeProvider.System);
        var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, output, await errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
