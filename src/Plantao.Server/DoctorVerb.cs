using System.Text.Json;
using Plantao.Platform;
using Plantao.Platform.Doctor;
using Plantao.Platform.Storage;
using Plantao.Platform.Verbs;

namespace Plantao;

/// <summary><c>plantao doctor</c>: looks at everything that pages stand on, and changes nothing.</summary>
public static class DoctorVerb
{
    const string Usage = $"""
        plantao doctor [--output table|json]
            looks at configuration, clock, disk, database, key, public address, backups, mail, channels, coverage and people.
        {MachineLine.Common}
        Exit codes: 0 all well, 1 something should be looked at, 2 something does not work, 64 not understood.
        """;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <param name="args">What follows <c>doctor</c>, without the common options.</param>
    public static async Task<int> Run(ServeOptions options, string[] args, TextWriter output, TextWriter errors, CancellationToken ct)
    {
        var given = MachineLine.Take(args, ["--output"], [], out var rest, out var fault);
        var form = given.GetValueOrDefault("--output") ?? "table";
        if (fault is not null || rest.Length > 0 || form is not ("table" or "json")) return await MachineLine.Explain(Usage, rest, output, errors, fault);
        var found = await Look(options, MachineTime.Instance, ct);
        if (form == "json")
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(found.Select(f => new { Check = f.Name, f.Finding.Health, f.Finding.Message, f.Finding.Next }), Json.Compact));
        }
        else
        {
            var width = found.Max(f => f.Name.Length);
            foreach (var (name, finding) in found)
            {
                await output.WriteLineAsync($"{Mark(finding.Health)} {name.PadRight(width)}  {finding.Message}");
                if (finding.Next is { } next) await output.WriteLineAsync($"        {new string(' ', width)}  → {next}");
            }
        }

        return (int)found.Max(f => f.Finding.Health);
    }

    /// <summary>All findings, the ground first: where that does not hold, nothing above it is asked.</summary>
    internal static async Task<IReadOnlyList<(string Name, Finding Finding)>> Look(ServeOptions options, TimeProvider machine, CancellationToken ct)
    {
        var found = new List<(string, Finding)>();
        try
        {
            await using (var db = MachineLine.OpenExisting(options))
            {
                var pending = await Migrations.Pending(db, ct);
                found.Add(("database", Finding.Ok(options.Database is null ? options.SqliteFile : "PostgreSQL answers")));
                if (pending > 0)
                {
                    found.Add(("schema", Finding.Warning($"{pending} migrations are still to be applied", "`plantao serve` applies them, after a backup. The rest is looked at after that.")));
                    return found;
                }
            }

            await using var ground = await Ground.Open(options, machine, ct);
            found.Add(("schema", Finding.Ok($"all {Migrations.Count} migrations of Plantão {Migrations.Program}")));
            await using var app = App.Build(options, ground);
            found.AddRange(await DoctorRound.Make(app.Services.GetServices<IDoctorCheck>(), Patience, ct));
        }
        catch (Exception fault) when (MachineLine.Expected(fault))
        {
            found.Add((fault is KeyRefusedException ? "key" : fault is SchemaTooNewException ? "schema" : "database", Finding.Failure(fault.Message, "Mend this first; the rest is looked at after that.")));
        }

        return found;
    }

    static string Mark(Health health) => health switch
    {
        Health.Ok => "ok     ",
        Health.Warning => "WARNING",
        Health.Failure => "FAILURE",
    };
}
