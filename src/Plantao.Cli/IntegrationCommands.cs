using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Plantao.Client;

namespace Plantao.Cli;

/// <summary><c>plantao integration</c>.</summary>
static class IntegrationCommands
{
    public static void Fill(Verbs integration)
    {
        var name = new Argument<string>("name") { Description = "An integration, by name." };
        integration.Verb("list", "The doors through which tools tell us.", [], async it => it.Show(await it.Server.Integrations(it.Stop),
            ("NAME", i => i.Name), ("FORMAT", i => i.Format), ("SERVICE", i => i.Service), ("KEYS", i => string.Join(", ", i.Keys.Where(k => k.RevokedAt is null).Select(k => $"{k.Id} ({k.Hint})"))), ("SEND TO", i => string.Join(", ", i.Paths))));

        var format = new Option<string>("--format") { Description = "alertmanager, pagerduty, grafana, generic, heartbeat or report.", Required = true };
        var title = new Option<string?>("--title") { Description = "What people see." };
        var service = new Option<string?>("--service") { Description = "The service that its alerts are about, unless a route says otherwise." };
        var mapping = new Option<FileInfo?>("--mapping") { Description = "A file with the mapping of generic JSON." };
        var signature = new Option<string?>("--signature") { Description = "How the sender signs." };
        var lenient = new Option<bool>("--lenient-severity") { Description = "Take severities that the format does not know." };
        var period = new Option<double?>("--period-seconds") { Description = "How often a heartbeat comes." };
        var grace = new Option<double?>("--grace-seconds") { Description = "How late a heartbeat may be." };
        var resolveAfter = new Option<double?>("--resolve-after-minutes") { Description = "Resolve what its source repeats no more." };
        integration.Verb("make", "A new integration. It takes nothing until it has a key.", [name, format, title, service, mapping, signature, lenient, period, grace, resolveAfter], async it =>
        {
            var made = await it.Server.MakeIntegration(new(it.Of(name), it.Of(title), it.Of(format)!, it.Of(service), await Json(it.Of(mapping), it.Stop), it.Of(signature), it.Of(lenient), it.Of(period), it.Of(grace), it.Of(resolveAfter)), it.Stop);
            return it.Done(made, $"Made {made.Name}. Now give it a key: plantao integration key make {made.Name}");
        });

        var key = integration.Noun("key", "Keys: two may live at once, so that one is put in place before the other is revoked.");
        key.Verb("make", "A new key, shown once, alone on standard output.", [name], async it =>
        {
            var made = await it.Server.MakeKey(it.Of(name), it.Stop);
            it.Once(made, made.Key, $"This is key {made.Id}. It is not shown again: keep it now.");
            if (it.InJson) return Exit.Done;
            var paths = (await it.Server.Integrations(it.Stop)).FirstOrDefault(i => i.Name == it.Of(name))?.Paths ?? [];
            foreach (var path in paths) it.Screen.Note("Send to: " + it.Server.Server.AbsoluteUri.TrimEnd('/') + path.Replace("{key}", made.Key, StringComparison.Ordinal));
            return Exit.Done;
        });

        var id = new Argument<string>("id") { Description = "The key's id." };
        key.Verb("revoke", "Revokes a key: what comes with it is refused from now on.", [name, id], async it =>
        {
            await it.Server.RevokeKey(it.Of(name), it.Of(id), it.Stop);
            return it.Done($"{it.Of(id)} is revoked.");
        });

        integration.Verb("sign", "Sets the secrets that sign what comes in: one a line on standard input, 1 to 4, while one is rotated.", [name], async it =>
        {
            var secrets = (await it.In.ReadToEndAsync(it.Stop)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (secrets.Length == 0) throw new UsageException("No secret came on standard input: write one a line.");
            await it.Server.SetSigningSecrets(it.Of(name), new(secrets), it.Stop);
            return it.Done(string.Create(CultureInfo.InvariantCulture, $"{secrets.Length} kept, sealed. They are never shown again."));
        });

        integration.Verb("refusals", "What was not taken, newest first.", [name], async it =>
        {
            var zone = await it.Zone();
            return it.Show(await it.Server.Refusals(it.Of(name), it.Stop),
                ("AT", r => zone.At(r.At)), ("STATUS", r => r.Status.ToString(CultureInfo.InvariantCulture)), ("COUNT", r => r.Count.ToString(CultureInfo.InvariantCulture)), ("BYTES", r => r.Size.ToString(CultureInfo.InvariantCulture)), ("WHY", r => r.Why), ("CORRELATION", r => r.CorrelationId), ("BEGINS", r => r.Head));
        });
    }

    static async Task<JsonElement?> Json(FileInfo? file, CancellationToken stop)
    {
        if (file is null) return null;
        try
        {
            using var read = JsonDocument.Parse(await File.ReadAllBytesAsync(file.FullName, stop));
            return read.RootElement.Clone();
        }
        catch (JsonException fault)
        {
            throw new UsageException($"{file}: {fault.Message}");
        }
    }
}
