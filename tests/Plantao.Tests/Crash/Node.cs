using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Crash;

/// <summary>The real program, <c>plantao serve</c>, as a process of its own that can be killed and suspended.</summary>
public sealed class Node : IAsyncDisposable
{
    /// <summary>How <see cref="Process.ExitCode"/> shows SIGKILL.</summary>
    public const int Killed = 137;

    /// <summary>The product's own lease, where nothing crashes: what was claimed must not run out and go out once more because the machine is busy.</summary>
    public static readonly (string Name, string Value) ProductLease = ("PLANTAO_LEASE_SECONDS", "15");

    readonly Process process;
    readonly ConcurrentQueue<string> log = new();
    readonly TaskCompletionSource<Uri> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    bool forgotten;

    Node(Process process) => this.process = process;

    /// <summary>Where it listens: another port after each start.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>What it printed.</summary>
    public IReadOnlyList<string> Log => [.. log];

    public bool Alive => !process.HasExited;

    /// <summary>Starts one and returns when it listens.</summary>
    /// <param name="environment">Beside what the place says, such as <c>PLANTAO_FAILPOINT</c>.</param>
    public static Task<Node> Start(Place place, params (string Name, string Value)[] environment) => Start(place, [], environment);

    /// <param name="before">Words before the program's, such as <c>prlimit --nofile=256</c>: a program that becomes this one.</param>
    /// <inheritdoc cref="Start(Place, ValueTuple{string, string}[])"/>
    public static async Task<Node> Start(Place place, IReadOnlyList<string> before, params (string Name, string Value)[] environment)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "plantao");
        var start = new ProcessStartInfo(before.Count > 0 ? before[0] : program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        if (before.Count > 0) foreach (var word in before.Skip(1).Append(program)) start.ArgumentList.Add(word);
        foreach (var word in (string[])["serve", "--urls", "http://127.0.0.1:0", "--public-address", place.Options.PublicAddress!, "--data", place.Folder]) start.ArgumentList.Add(word);
        // Its environment may lead it to the same database by another way.
        if (place.Options.Database is { } database && !environment.Any(e => e.Name == "PLANTAO_DATABASE")) foreach (var word in (string[])["--database", database]) start.ArgumentList.Add(word);
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PLANTAO_", StringComparison.Ordinal)).ToList()) start.Environment.Remove(name);
        start.Environment["PLANTAO_ALLOW_LOOPBACK"] = "1";
        start.Environment["PLANTAO_LEASE_SECONDS"] = "1";
        // A start is half of a round: code that is hot only for a second need not be compiled twice.
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (var (name, value) in environment) start.Environment[name] = value;

        var child = Process.Start(start)!;
        Keeper.Watch(child.Id);
        var node = new Node(child);
        child.OutputDataReceived += (_, line) => node.Said(line.Data);
        child.ErrorDataReceived += (_, line) => node.Said(line.Data);
        child.BeginOutputReadLine();
        child.BeginErrorReadLine();
        try
        {
            node.Url = await node.listening.Task.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public async Task Kill()
    {
        process.Kill();
        await Ended();
    }

    /// <summary>SIGTERM: it ends by itself.</summary>
    /// <returns>The exit code; <see langword="null"/> when it still runs after 40 s, and it promises 30.</returns>
    public Task<int?> Stop()
    {
        Signal("TERM");
        return Ended(TimeSpan.FromSeconds(40));
    }

    /// <summary>What it holds in memory, in KiB.</summary>
    public long Memory() => long.Parse(
        File.ReadLines($"/proc/{process.Id}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);

    /// <summary>How many handles it holds.</summary>
    public int Handles() => Directory.GetFileSystemEntries($"/proc/{process.Id}/fd").Length;

    /// <summary>SIGSTOP: as a machine that is suspended.</summary>
    public void Suspend() => Signal("STOP");

    /// <summary>SIGCONT.</summary>
    public void Resume() => Signal("CONT");

    /// <summary>Waits until it ended by itself.</summary>
    /// <returns>The exit code, <see cref="Killed"/> after SIGKILL; <see langword="null"/> when it still runs after <paramref name="within"/>.</returns>
    public async Task<int?> Ended(TimeSpan? within = null)
    {
        using var limit = new CancellationTokenSource(within ?? TimeSpan.FromSeconds(30), TimeProvider.System);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        Forget();
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) await Kill();
        Forget();
        process.Dispose();
    }

    /// <summary>Changes what the system allows it from now on, such as <c>--fsize=1:unlimited</c>: no byte of a file behind the first.</summary>
    public void Limit(string limit) => Run("prlimit", ["--pid", process.Id.ToString(CultureInfo.InvariantCulture), limit]);

    void Signal(string name) => Run("kill", ["-" + name, process.Id.ToString(CultureInfo.InvariantCulture)]);

    static void Run(string program, string[] words)
    {
        using var other = Process.Start(program, words);
        other.WaitForExit();
        Assert.Equal(0, other.ExitCode);
    }

    void Forget()
    {
        if (forgotten) return;
        forgotten = true;
        Keeper.Forget(process.Id);
    }

    void Said(string? line)
    {
        if (line is null)
        {
            listening.TrySetException(new InvalidOperationException("plantao ended before it listened:\n" + string.Join('\n', log.TakeLast(30))));
            return;
        }

        log.Enqueue(line);
        const string Words = "Now listening on: ";
        if (line.IndexOf(Words, StringComparison.Ordinal) is >= 0 and var at) listening.TrySetResult(new Uri(line[(at + Words.Length)..].Trim()));
    }
}

/// <summary>Ends what this test program started, if it should itself be killed: a shell that waits at the other end of a pipe.</summary>
public static class Keeper
{
    const string Script = """
        trap '' INT HUP TERM
        all=' '
        while read -r what id; do
          case $what in
            watch) all="$all$id " ;;
            forget) all="${all%% $id *} ${all#* $id }" ;;
          esac
        done
        for id in $all; do kill -KILL "$id"; done
        """;

    static readonly Lazy<Process> Shell = new(() => Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script]) { UseShellExecute = false, RedirectStandardInput = true })!);

    public static void Watch(int id) => Tell("watch", id);

    public static void Forget(int id) => Tell("forget", id);

    static void Tell(string what, int id)
    {
        var shell = Shell.Value;
        lock (shell)
        {
            shell.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {id}"));
            shell.StandardInput.Flush();
        }
    }
}

/// <summary>Waits for what another process does.</summary>
public static class Until
{
    /// <summary>Asks every 20 ms.</summary>
    /// <exception cref="TimeoutException">It did not come about; says what stood in the way.</exception>
    public static async Task True(Func<Task<bool>> holds, TimeSpan within, Func<Task<string>> what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            if (TimeProvider.System.GetElapsedTime(start) > within) throw new TimeoutException($"After {within.TotalSeconds:0.#} s: {await what()}");
            await Pause(20);
        }
    }

    /// <inheritdoc cref="True(Func{Task{bool}}, TimeSpan, Func{Task{string}})"/>
    public static Task True(Func<bool> holds, TimeSpan within, Func<string> what) => True(() => Task.FromResult(holds()), within, () => Task.FromResult(what()));

    public static Task Pause(double milliseconds, CancellationToken ct = default) => Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, ct);
}
