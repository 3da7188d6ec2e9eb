using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Plantao.Alerts;
using Plantao.Client;
using Plantao.Notifications.Channels;
using Plantao.People;
using Plantao.Platform.Storage;
using Plantao.Services;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Access;

/// <summary>Forty planted secrets and personal data, through every door there is; then none of them is found in clear anywhere (failures.md V10, rig C).</summary>
/// <remarks>
/// Where a person typed their own address so that we write to it (the e-mail of an account, a contact method that is a mailbox), it is kept
/// on purpose; the recipient of a message is therefore not searched, and these are not planted there.
/// </remarks>
[Trait("Kind", "Sqlite")]
public class CanaryTests
{
    /// <summary>What is sent, and the part of it that may not be found.</summary>
    static readonly (string Sent, string Needle)[] Planted =
    [
        .. Each("ana.canario{0}@example.com", 5),
        .. Each("maria+canario{0}@empresa.com.br", 2),
        .. Same("+55 11 98765-4321", "+5511976543210", "(11) 96543-2109", "5521987654322", "+44 20 7946 0958"),
        .. Same("529.982.247-25", "52998224725", "168.995.350-09", "16899535009", "11.222.333/0001-81"),
        .. Same("4111 1111 1111 1111", "5500005555555559"),
        .. Same("ghp_canary0123456789abcdefABCDEF01234567", "xoxb-1234567890-canary1234567890", "sk_live_canary0123456789abcdef", "AKIACANARY0123456789"[..20], "glpat-canary0123456789abcd"),
        .. Same("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlY2FuYXJ5", "hvs.canary0123456789abcdefgh", "npm_canary0123456789abcdefghijklmnopqrst"),
        .. Same("whsec_Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5", "plt_pCANARY0123456789abcdefghijklmnopqrstuvw", "pliCANARY0123456789abcdefghijklm"[..32]),
        ("password=hunter2canary", "hunter2canary"), ("senha: segredocanario", "segredocanario"), ("db_password=\"pa55canary word\"", "pa55canary"),
        ("Authorization: Bearer bearercanary0123456789", "bearercanary0123456789"), ("Cookie: session=cookiecanary12345", "cookiecanary12345"),
        ("https://files.example/x?sig=sigcanary%2F0123", "sigcanary%2F0123"), ("https://hooks.slack.com/services/T0CANARY/B0CANARY/canarycanary", "B0CANARY"),
        ("postgres://app:urlpasscanary@db.example/prod", "urlpasscanary"), ("api_key=apikeycanary123", "apikeycanary123"),
        ("-----BEGIN RSA PRIVATE KEY-----MIIcanarykeybody-----END RSA PRIVATE KEY-----", "MIIcanarykeybody"),
    ];

    static IEnumerable<(string, string)> Each(string pattern, int count) => Enumerable.Range(1, count).Select(i => string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, i)).Select(s => (s, s));

    static IEnumerable<(string, string)> Same(params string[] texts) => texts.Select(t => (t, t));

    [Fact]
    public async Task Forty_planted_secrets_through_every_door_are_found_nowhere_in_clear()
    {
        Assert.True(Planted.Length >= 40, $"Only {Planted.Length} are planted.");
        var measured = new List<string>();
        using var meters = new MeterListener { InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        meters.SetMeasurementEventCallback<long>((_, _, tags, _) => Measured(tags));
        meters.SetMeasurementEventCallback<double>((_, _, tags, _) => Measured(tags));
        meters.Start();
        void Measured(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            lock (measured)
                foreach (var tag in tags) measured.Add($"{tag.Key}={tag.Value}");
        }

        var mail = new SimulatedChannel("email");
        await using var site = await TestSite.Start(Database.Sqlite, builder => builder.Services.AddSingleton<IChannel>(mail));
        var key = Tokens.NewIntegrationKey();
        await site.Db.Write(async tx =>
        {
            await ServiceStore.Put(tx, new ServiceWanted("shop", "Shop", null, null, "{}"), "test", site.Clock.GetUtcNow(), "test");
            var integration = new Integration(Plantao.Platform.Ids.New("int", site.Clock.GetUtcNow()), "all", "All", "shop", null, "generic");
            await IntegrationStore.Put(tx, integration, 1, site.Clock.GetUtcNow());
            await IntegrationStore.AddKey(tx, integration.Id, key, site.Clock.GetUtcNow());
        }, CancellationToken.None);

        var shown = new List<(string Place, string Text)>();
        using var nobody = site.Http();
        async Task Say(HttpClient http, string verb, string path, object? body, params (string Name, string Value)[] headers)
        {
            using var request = new HttpRequestMessage(new HttpMethod(verb), path);
            if (body is string text) request.Content = new StringContent(text, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
            else if (body is not null) request.Content = JsonContent.Create(body);
            foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
            using var answer = await http.SendAsync(request);
            // PagerDuty's dialect tells a sender the dedup key that it sent: that is its receipt.
            if (answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.OK && path[1] is 'v' or 'g') return;
            shown.Add(($"answer {verb} {path[..Math.Min(path.Length, 40)].Replace(key, "K", StringComparison.Ordinal)} {(int)answer.StatusCode}", answer.Headers + await answer.Content.ReadAsStringAsync()));
        }

        var everything = string.Join(" ; ", Planted.Where(p => p.Sent.Length < 60).Select(p => p.Sent));
        var turn = 0;
        foreach (var (sent, _) in Planted)
        {
            // What a source's group, its id of a message and its dedup key say, is its own text as well.
            (string, string)[] headers = [("X-Correlation-ID", sent), ("User-Agent", "tool " + sent), ("Referer", "https://x.example/?q=" + sent), ("Cookie", "plantao_session=" + sent)];
            object[] alerts = [new { labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["alertname"] = "A " + sent, ["who"] = sent, ["severity"] = sent }, annotations = new { summary = sent, description = "see " + sent, contact = sent }, generatorURL = "https://x.example/?q=" + sent }];
            await Say(nobody, "POST", $"/in/{key}/api/v2/alerts", alerts, headers);
            object group = new { version = "4", groupKey = "{}:" + sent, status = "firing", receiver = "r", groupLabels = new { who = sent }, commonLabels = new { }, commonAnnotations = new { }, externalURL = "https://x.example/", truncatedAlerts = 0, alerts = new[] { new { status = "firing", labels = new { alertname = "G", who = sent }, annotations = new { summary = sent }, startsAt = "2026-09-21T09:00:00Z", endsAt = "0001-01-01T00:00:00Z", generatorURL = "", fingerprint = sent } } };
            // Each half of the doors that differ little sees each half of what is planted.
            if (turn++ % 2 == 0) await Say(nobody, "POST", $"/in/{key}/alertmanager", group, headers);
            else await Say(nobody, "POST", $"/in/{key}/grafana", JsonSerializer.Serialize(group).Replace("\"version\":\"4\"", "\"version\":\"1\"", StringComparison.Ordinal), headers);
            await Say(nobody, "POST", $"/in/{key}/json", new { title = sent, text = "t " + sent, key = "k " + sent, severity = sent, id = "id " + sent, link = "https://x.example/" + sent, labels = new { who = sent, password = "planted by its name" } }, headers);
            await Say(nobody, "POST", $"/in/{key}/json", new { title = "x", status = sent }, headers);
            await Say(nobody, "POST", $"/in/{key}/json", "{\"title\": \"" + sent, headers);
            await Say(nobody, "POST", $"/in/{key}/report", new { title = "R " + sent, who = "customer", contact = sent, text = sent }, headers);
            await Say(nobody, "POST", $"/in/{key}/report", new Dictionary<string, string>(StringComparer.Ordinal) { ["title"] = "R", [sent] = sent }, headers);
            await Say(nobody, "POST", $"/in/{key}/heartbeat/{Uri.EscapeDataString(sent)}?exit=1", "output: " + sent, headers);
            await Say(nobody, "POST", $"/in/{key}/heartbeat/n?status={Uri.EscapeDataString(sent)}", null, headers);
            await Say(nobody, "POST", "/v2/enqueue", new { routing_key = key, event_action = "trigger", dedup_key = "d " + sent, client = sent, payload = new { summary = sent, source = sent, severity = "critical", component = sent, group = sent, custom_details = new { contact = sent } }, links = new[] { new { href = "https://x.example/" + sent, text = sent } } }, headers);
            await Say(nobody, "POST", "/v2/enqueue", new { routing_key = key, event_action = sent, payload = new { summary = sent } }, headers);
            await Say(nobody, "POST", "/v2/change/enqueue", new { routing_key = key, payload = new { summary = sent, source = sent, custom_details = new { by = sent } }, links = new[] { new { href = "https://x.example/?by=" + sent, text = sent } } }, headers);
            await Say(nobody, "POST", "/generic/2010-04-15/create_event.json", new { service_key = key, event_type = "trigger", incident_key = sent, description = sent, client = sent, details = new { contact = sent } }, headers);
            await Say(nobody, "GET", "/nowhere/" + Uri.EscapeDataString(sent), null, headers);
            await Say(nobody, "GET", "/p/" + Uri.EscapeDataString(sent) + "/more", null, headers);
            await Say(site.Owner, "POST", "/api/v1/alerts", new { title = "H " + sent, text = sent, service = "shop", severity = sent }, headers[..1]);
            await Say(site.Owner, "POST", "/api/v1/alerts", new { title = "H", service = sent });
            await Say(site.Owner, "POST", "/api/v1/silences", new { match = new[] { "a=\"b\"" }, minutes = 60, comment = "for " + sent });
            await Say(site.Owner, "POST", "/api/v1/silences", new { match = new[] { $"a={JsonSerializer.Serialize(sent)}" }, minutes = 60, comment = "x" });
            await Say(site.Owner, "POST", "/api/v1/maintenance", new { services = new[] { "shop" }, startsAt = "2026-09-25T00:00:00Z", minutes = 60, comment = sent });
            await Say(site.Owner, "GET", "/api/v1/alerts?limit=" + Uri.EscapeDataString(sent), null);
            await Say(site.Owner, "GET", "/api/v1/schedules/" + Uri.EscapeDataString(sent), null);
        }

        await Say(nobody, "POST", $"/in/{key}/json", new { title = "All at once", text = everything, key = "all" });
        await Say(site.Owner, "POST", "/api/v1/me/contact-methods", new { channel = "slack", address = "https://hooks.slack.com/services/T0CANARY/B0CANARY/canarycanary" });
        await Say(site.Owner, "POST", "/api/v1/me/contact-methods", new { channel = "ntfy", address = "https://ntfy.example/canarytopic", secret = "tk_canary0123456789abcdefghijk" });
        await Say(site.Owner, "PUT", "/api/v1/integrations/all/signing-secrets", new { secrets = new[] { "whsec_Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5" } });
        await site.Work();

        var paths = new List<string> { "/api/v1/alerts?limit=200", "/api/v1/dead-letters", "/api/v1/integrations", "/api/v1/integrations/all/refusals", "/api/v1/silences", "/api/v1/maintenance", "/api/v1/audit?limit=200", "/api/v1/me/contact-methods", "/metrics" };
        var alertsShown = (await site.Owner.GetFromJsonAsync<Part<AlertView>>("/api/v1/alerts?limit=200"))!.Items;
        Assert.True(alertsShown.Count > 100, $"Only {alertsShown.Count} alerts came of it.");
        Assert.DoesNotContain(alertsShown, a => a.Title.Contains("could not be understood", StringComparison.Ordinal));
        paths.AddRange(alertsShown.Take(40).Select(a => $"/api/v1/alerts/{a.Id}/trail"));
        foreach (var path in paths) await Say(site.Owner, "GET", path, null);
        Assert.NotEmpty(mail.Tried);

        var places = new List<(string Place, string Text)> { ("log", string.Join('\n', site.Log.Lines)), ("metrics", string.Join('\n', measured)) };
        places.AddRange(shown);
        places.AddRange(mail.Tried.Select(m => ("message", JsonSerializer.Serialize(new { m.Title, m.Text, Facts = m.Facts.Select(f => f.Name + f.Value), m.DetailsUrl, m.ThreadKey, m.CorrelationId }))));
        places.AddRange(Tables(site.Place.Options.SqliteFile));
        var file = site.Place.Options.SqliteFile;
        foreach (var raw in new[] { file, file + "-wal" }.Where(File.Exists)) places.Add((Path.GetExtension(raw), Bytes(raw)));
        Checkpoint(file);
        places.Add(("after a checkpoint", Bytes(file)));

        string[] more = ["canarytopic", "tk_canary0123456789abcdefghijk", "planted by its name", key];
        var hits = from needle in Planted.Select(p => p.Needle).Concat(more).Distinct(StringComparer.Ordinal)
                   from place in places
                   where place.Text.Contains(needle, StringComparison.Ordinal)
                   group needle by place.Place into found
                   select $"{found.Key}: {string.Join(" | ", found.Distinct(StringComparer.Ordinal))}";
        var leaks = hits.Distinct(StringComparer.Ordinal).ToList();
        Assert.True(leaks.Count == 0, string.Join('\n', leaks));
    }

    /// <summary>Each byte as one character, so that bytes are searched as text.</summary>
    static string Bytes(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Encoding.Latin1.GetString(bytes);
    }

    static void Checkpoint(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(PASSIVE)";
        command.ExecuteNonQuery();
    }

    /// <summary>Every column by its name: a hit in the raw file says that, a hit here says where.</summary>
    static IEnumerable<(string Place, string Text)> Tables(string file)
    {
        using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=false");
        connection.Open();
        var tables = Read(connection, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").Select(r => r.Text).ToList();
        return [.. tables.SelectMany(table => Read(connection, $"SELECT * FROM {table}").Select(r => ($"{table}.{r.Column}", r.Text)))];
    }

    static List<(string Column, string Text)> Read(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var cells = new List<(string, string)>();
        while (reader.Read())
            for (var i = 0; i < reader.FieldCount; i++)
                if (!reader.IsDBNull(i)) cells.Add((reader.GetName(i), reader.GetValue(i) is byte[] bytes ? Encoding.Latin1.GetString(bytes) : reader.GetValue(i).ToString()!));
        return cells;
    }
}
