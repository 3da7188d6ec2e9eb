using System.Diagnostics;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao;

/// <summary><c>plantao setup</c>, on the machine: opens the database itself, and works while <c>serve</c> runs beside it.</summary>
public static class SetupVerb
{
    const string Usage = """
        plantao setup code
            makes a setup code (one use, 1 hour, 5 tries) and ends the one before
        plantao setup --owner E-MAIL [--name NAME] [--handle HANDLE] [--organisation NAME] [--zone ZONE] [--language en|pt-BR] [--public-address URL]
            sets up this server without a browser, and prints the Owner's token once
        """;

    /// <param name="args">What follows <c>setup</c>.</param>
    /// <returns>0 done; 1 refused, with the reason on <paramref name="errors"/>; 64 not understood.</returns>
    public static async Task<int> Run(ServeOptions options, IReadOnlyList<string> args, TextWriter? output = null, TextWriter? errors = null, TimeProvider? clock = null, CancellationToken ct = default)
    {
        output ??= Console.Out;
        errors ??= Console.Error;
        var makesCode = args is ["code"];
        var given = makesCode ? null : Read(args);
        if (!makesCode && (given is null || !given.ContainsKey("--owner")))
        {
            await errors.WriteLineAsync(Usage);
            return 64;
        }

        try
        {
            await using var ground = await Ground.Open(options, clock ?? MachineTime.Instance, ct);
            return given is null ? await Code(options, ground, output, errors, ct) : await Owner(options, ground, given, output, errors, ct);
        }
        catch (Exception fault) when (fault is KeyRefusedException or SchemaTooNewException or DatabaseUnavailableException)
        {
            await errors.WriteLineAsync(fault.Message);
            return 1;
        }
    }

    static async Task<int> Code(ServeOptions options, Ground ground, TextWriter output, TextWriter errors, CancellationToken ct)
    {
        if (await Setup.Begin(ground.Db, ground.Vault, ground.Clock, ct) is not { } code)
        {
            await errors.WriteLineAsync("This server has been set up: there is no setup code any more. Ask an Owner for an invitation.");
            return 1;
        }

        await output.WriteLineAsync($"Setup code: {code} (one use, 1 hour, 5 tries)");
        await output.WriteLineAsync($"Use it at {await Organisation.PublicAddress(ground.Db, options, ct)}");
        return 0;
    }

    static async Task<int> Owner(ServeOptions options, Ground ground, IReadOnlyDictionary<string, string> given, TextWriter output, TextWriter errors, CancellationToken ct)
    {
        // The server is built for its rooms, which make the starter things, and never started.
        await using var app = App.Build(options, ground);
        var ruling = await app.Services.GetRequiredService<Setup>().OnMachine(
            new(given["--owner"], given.GetValueOrDefault("--name"), given.GetValueOrDefault("--handle"), given.GetValueOrDefault("--organisation"),
                given.GetValueOrDefault("--zone"), given.GetValueOrDefault("--language"), given.GetValueOrDefault("--public-address")),
            ActivityTraceId.CreateRandom().ToHexString(), ct);
        if (!ruling.Allowed)
        {
            await errors.WriteLineAsync(ruling.Refusal.Message);
            return 1;
        }

        var made = ruling.Value;
        await output.WriteLineAsync($"Set up. {made.Owner.Name} <{made.Owner.Email}> is Owner, and Manager of team {made.Team.Name}.");
        foreach (var (name, value) in made.Starter) await output.WriteLineAsync($"{name}: {value}");
        await output.WriteLineAsync($"Token (shown once, good until {made.Token.Token.ExpiresAt:yyyy-MM-dd}): {made.Token.Clear}");
        return 0;
    }

    static Dictionary<string, string>? Read(IReadOnlyList<string> args)
    {
        string[] known = ["--owner", "--name", "--handle", "--organisation", "--zone", "--language", "--public-address"];
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = args[i].Split('=', 2) is [var n, var v] ? (n, v) : (args[i], i + 1 < args.Count ? args[++i] : null);
            if (value is null || !known.Contains(name, StringComparer.Ordinal) || !given.TryAdd(name, value)) return null;
        }

        return given;
    }
}
