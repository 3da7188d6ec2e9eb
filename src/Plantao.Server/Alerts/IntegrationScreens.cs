using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Plantao.Alerts.Intake;
using Plantao.Alerts.Intake.Signatures;
using Plantao.Alerts.Pages;
using Plantao.Client;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Journal;
using Plantao.Platform.Redaction;
using Plantao.Platform.Storage;
using Plantao.Platform.Web;
using Plantao.Services;

namespace Plantao.Alerts;

/// <summary>All that the screen of one integration shows.</summary>
/// <param name="Refused">What was not taken, newest first; <see langword="null"/>: not for who looks.</param>
/// <param name="LastAt">When it was last heard, as far as was looked (<see cref="SignalStore.LookedThrough"/>).</param>
/// <param name="Defined">It is a definition, edited there.</param>
public sealed record IntegrationFile(
    Integration Integration, IReadOnlyList<IntegrationKeyView> Keys, IReadOnlyList<Refused>? Refused, DateTimeOffset? LastAt,
    IReadOnlyList<(string Name, DateTimeOffset? LastAt, DateTimeOffset? DueAt, bool Missing)> Heartbeats, bool Secrets, bool MayManage, string Address, bool Defined);

/// <summary>Reads what the screens of integrations show, with the rights of who looks.</summary>
sealed class IntegrationDesk(
    IntegrationStore store, SignalStore signals, Heartbeats heartbeats, TeamStore teams, ServiceStore services, Secrets secrets, PublicAddress address, Definitions.DefinitionStore definitions)
{
    public async Task<IReadOnlyList<Integration>> List(Call call, CancellationToken ct)
    {
        var seen = new List<Integration>();
        foreach (var integration in await store.All(ct))
            if (await AlertEndpoints.Sees(call, integration.Team, teams, ct)) seen.Add(integration);
        return seen;
    }

    public async Task<Integration?> Find(string name, Call call, CancellationToken ct) =>
        (await store.All(ct)).FirstOrDefault(i => i.Name == name) is { } found && await AlertEndpoints.Sees(call, found.Team, teams, ct) ? found : null;

    public async Task<IntegrationFile?> Open(string name, Call call, CancellationToken ct)
    {
        if (await Find(name, call, ct) is not { } found) return null;
        var may = call.Caller.May(Right.ManageIntegrations, found.Team);
        return new(
            found, [.. (await store.KeysOf(found.Id, ct)).Select(k => new IntegrationKeyView(k.Id, k.Hint, k.MadeAt, k.RevokedAt))], may ? await signals.Refusals(found.Id, 20, ct) : null,
            await signals.LastOf(found.Id, Formats.Own, ct), await heartbeats.Of(found.Id, ct), await secrets.Find(IntakeDesk.SigningSecret(found.Id), ct) is not null, may, await address.Get(ct),
            await definitions.Find(new("integration", found.Name), ct) is not null);
    }

    /// <summary>The services that the caller may give an integration to.</summary>
    public async Task<IReadOnlyList<Service>> Services(Call call, Right right, CancellationToken ct) =>
        [.. (await services.List(call.Caller, null, "", Listing.Most, ct)).Where(s => call.Caller.May(right, s.TeamId))];
}

/// <summary>The list of integrations, one of them, and what its owner does with it; and the form behind a report's link.</summary>
static class IntegrationScreens
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/integrations", List).Needs(Right.ReadDefinitions).IsScreen().WithName("integrations-screen");
        routes.MapGet("/integrations/new", New).Needs(Right.ManageIntegrations).IsScreen().WithName("new-integration-screen");
        routes.MapPost("/integrations/new", Make).Needs(Right.ManageIntegrations).IsForm().WithName("new-integration-form");
        routes.MapGet("/integrations/{integration}", Show).Needs(Right.ReadDefinitions).IsScreen().WithName("integration-screen");
        routes.MapPost("/integrations/{integration}/keys", AddKey).Needs(Right.ManageIntegrations).IsForm().WithName("integration-key-form");
        routes.MapPost("/integrations/{integration}/keys/{key}/revoke", RevokeKey).Needs(Right.ManageIntegrations).IsForm().WithName("revoke-integration-key-form");
        routes.MapPost("/integrations/{integration}/signing-secrets", Sign).Needs(Right.ManageIntegrations).IsForm().WithName("signing-secrets-form");
        routes.MapPost("/integrations/{integration}/test", Test).Needs(Right.ManageIntegrations).IsForm().WithName("integration-test-form");
        routes.MapGet("/raise", AskRaise).Needs(Right.RaiseAlerts).IsScreen().WithName("raise-screen");
        routes.MapPost("/raise", Raise).Needs(Right.RaiseAlerts).IsForm().WithName("raise-form");
        routes.MapGet("/report/{key}", Report).Needs(Right.Intake).IsScreen().WithName("report-screen");
        routes.MapPost("/report/{key}", TakeReport).Needs(Right.Intake).IsForm().WithName("report-form");
    }

    static async Task<IResult> List(Call call, IntegrationDesk desk, CancellationToken ct) => Screens.Show<IntegrationListScreen>(new { Integrations = await desk.List(call, ct) });

    static async Task<IResult> New(Call call, IntegrationDesk desk, CancellationToken ct, string? service = null) =>
        Screens.Show<NewIntegrationScreen>(new { Services = await desk.Services(call, Right.ManageIntegrations, ct), Typed = new Dictionary<string, string>(StringComparer.Ordinal) { ["service"] = service ?? "" } });

    static async Task<IResult> Make(Form form, Call call, Viewer viewer, IntegrationDesk desk, Db db, CancellationToken ct)
    {
        var ruling = await IntegrationEndpoints.MakeOne(
            new(form["name"], form.Given("title"), form["format"], form.Given("service"), Signature: form.Given("signature"), PeriodSeconds: Number(form.Given("period"), 60), GraceSeconds: Number(form.Given("grace"), 60), ResolveAfterMinutes: Number(form.Given("resolve-after"), 1)), call, db, ct);
        return ruling.Allowed
            ? Screens.Back("/integrations/" + ruling.Value.Name)
            : Screens.Show<NewIntegrationScreen>(new { Services = await desk.Services(call, Right.ManageIntegrations, ct), form.Typed, Errors = Fault(FieldOf(ruling.Refusal), viewer.Why(ruling.Refusal)) }, ruling.Refusal.Status);
    }

    static Task<IResult> Show(string integration, Call call, HttpContext http, IntegrationDesk desk, AlertDesk alerts, AlertStore store, CancellationToken ct, string? signal = null) =>
        Screen(integration, call, http, desk, alerts, store, signal, null, null, null, ct);

    static async Task<IResult> AddKey(string integration, Call call, HttpContext http, IntegrationDesk desk, AlertDesk alerts, AlertStore store, Db db, CancellationToken ct)
    {
        var ruling = await IntegrationEndpoints.MakeKey(integration, call, db, ct);
        // Shown in the answer itself: it is kept as a digest alone.
        return await Screen(integration, call, http, desk, alerts, store, null, ruling.Allowed ? ruling.Value.Key : null, ruling.Allowed ? null : ruling.Refusal, "keys", ct);
    }

    static async Task<IResult> RevokeKey(string integration, string key, Call call, HttpContext http, IntegrationDesk desk, AlertDesk alerts, AlertStore store, Db db, CancellationToken ct) =>
        await IntegrationEndpoints.RevokeOne(integration, key, call, db, ct) is { } refusal ? await Screen(integration, call, http, desk, alerts, store, null, null, refusal, "keys", ct) : Screens.Back("/integrations/" + Uri.EscapeDataString(integration) + "#keys");

    static async Task<IResult> Sign(string integration, Form form, Call call, HttpContext http, IntegrationDesk desk, AlertDesk alerts, AlertStore store, Db db, Secrets secrets, CancellationToken ct)
    {
        var given = form.Exact("secrets").Split(['\n', '\r', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return await IntegrationEndpoints.KeepSecrets(integration, new(given), call, db, secrets, ct) is { } refusal
            ? await Screen(integration, call, http, desk, alerts, store, null, null, refusal, "signing", ct)
            : Screens.Back("/integrations/" + Uri.EscapeDataString(integration) + "#signing");
    }

    static async Task<IResult> Test(string integration, Call call, HttpContext http, Viewer viewer, IntegrationDesk desk, AlertDesk alerts, AlertStore store, SignalStore signals, Db db, CancellationToken ct)
    {
        var ruling = await SendTest(integration, viewer.Say(SettingTexts.All, "test.title"), call, desk, signals, db, ct);
        return ruling.Allowed
            ? Screens.Back(QueryHelpers.AddQueryString("/integrations/" + Uri.EscapeDataString(integration), "signal", "sig_" + ruling.Value.ToString(CultureInfo.InvariantCulture)) + "#test")
            : await Screen(integration, call, http, desk, alerts, store, null, null, ruling.Refusal, "test", ct);
    }

    /// <summary>Keeps a message as a tool of this format would send it: behind its key and signature, and from there the real way.</summary>
    static async Task<Ruling<long>> SendTest(string name, string title, Call call, IntegrationDesk desk, SignalStore signals, Db db, CancellationToken ct)
    {
        if (await desk.Find(name, call, ct) is not { } integration) return IntegrationEndpoints.NoSuch;
        if (!call.Caller.May(Right.ManageIntegrations, integration.Team)) return call.NotAllowed(Right.ManageIntegrations);
        var id = Ids.New("tst", call.At);
        long number;
        if (TestMessages.Of(integration, title, id, call.At) is { } message)
        {
            var body = Encoding.UTF8.GetBytes(message.Body);
            if (Formats.Take(message.Dialect, integration, message.Envelope, body, call.At).Readings.Count == 0)
                return new Refusal("test-unread", "The mapping of this integration does not read a message that we could make up. Send one of its own tool.", 422);
            number = await signals.Keep(integration.Id, message.Dialect, call.At, call.Correlation, null, message.Envelope, body, ct);
        }
        else
        {
            var reading = new Reading(ReadingKind.Firing, "test/" + id, title, null, "critical", new SortedDictionary<string, string>(StringComparer.Ordinal) { ["alertname"] = "TestAlert", ["test"] = id }, Annotations: null, SourceAt: null);
            number = await signals.Keep(integration.Id, Formats.Own, call.At, call.Correlation, null, Envelope.Empty, OwnSignal.Write(reading), ct);
        }

        await db.Write(tx => tx.Journal(Entry.Of("integration.tested", integration.Id, call.By, call.At, call.Correlation, new { signal = number })), ct);
        return number;
    }

    static async Task<IResult> Screen(string integration, Call call, HttpContext http, IntegrationDesk desk, AlertDesk alerts, AlertStore store, string? signal, string? key, Refusal? refused, string? place, CancellationToken ct)
    {
        if (await desk.Open(integration, call, ct) is not { } file)
        {
            await Screens.Refuse(http, IntegrationEndpoints.NoSuch);
            return Results.Empty;
        }

        return Screens.Show<IntegrationScreen>(new { File = file, Signal = signal, Opened = await Opened(signal, call, alerts, store, ct), NewKey = key, Refused = refused, At = place }, refused?.Status ?? 200);
    }

    /// <summary>The alert that a signal opened, when the caller may know of it.</summary>
    static async Task<Alert?> Opened(string? signal, Call call, AlertDesk desk, AlertStore store, CancellationToken ct) =>
        signal is { Length: > 4 and < 30 } && long.TryParse(signal.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && await store.OpenedBy(number, ct) is { } opened && await desk.Find(opened.Id, call, ct) is not null ? opened : null;

    static async Task<IResult> AskRaise(Call call, IntegrationDesk desk, AlertDesk alerts, AlertStore store, CancellationToken ct, string? service = null, string? signal = null) => Screens.Show<RaiseScreen>(new
    {
        Services = await desk.Services(call, Right.RaiseAlerts, ct),
        Typed = new Dictionary<string, string>(StringComparer.Ordinal) { ["service"] = service ?? "" },
        Signal = signal,
        Opened = await Opened(signal, call, alerts, store, ct),
    });

    static async Task<IResult> Raise(Form form, Call call, Viewer viewer, IntegrationDesk desk, ServiceStore services, TeamStore teams, SignalStore signals, Redactor redactor, Db db, CancellationToken ct)
    {
        var ruling = await AlertEndpoints.RaiseOne(new(form["title"], form.Given("text"), form["service"], form.Given("urgency")), call, services, teams, signals, redactor, db, ct);
        return ruling.Allowed
            ? Screens.Back(QueryHelpers.AddQueryString("/raise", "signal", ruling.Value.Signal))
            : Screens.Show<RaiseScreen>(new { Services = await desk.Services(call, Right.RaiseAlerts, ct), form.Typed, Errors = Fault(FieldOf(ruling.Refusal), viewer.Why(ruling.Refusal)) }, ruling.Refusal.Status);
    }

    static async Task<IResult> Report(string key, HttpContext http, IntegrationDirectory directory, CancellationToken ct, string? who = null) =>
        await Reported(key, directory, ct) is null ? Nothing(http) : Screens.Show<ReportScreen>(new { Key = key, Who = Whose(who) });

    static async Task<IResult> TakeReport(string key, Form form, HttpContext http, IntakeDesk intake, CancellationToken ct)
    {
        if (await Reported(key, intake.Directory, ct) is not { } integration) return Nothing(http);
        var who = Whose(form["who"]);
        var body = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["title"] = form["title"],
            ["text"] = form.Given("text"),
            ["who"] = who,
            ["contact"] = form.Given("contact"),
            ["urgency"] = form["urgency"] is ("high" or "low") and var said ? said : null,
        });
        if (!intake.Limits.Allows(integration.Id))
        {
            await intake.Refuse(integration, body, body.Length, 429, "too many signals at once", limited: true, http.Correlation(), ct);
            return Screens.Show<ReportScreen>(new { Key = key, Who = who, form.Typed, Fault = "report.many" }, 429);
        }

        var answer = await intake.Take(http, integration, Formats.Report, body, ct);
        return answer.Status is >= 200 and < 300
            ? Screens.Show<ReportScreen>(new { Key = key, Who = who, Done = true })
            : Screens.Show<ReportScreen>(new { Key = key, Who = who, form.Typed, Fault = answer.Status == 400 ? "report.title-missing" : "report.not" }, answer.Status);
    }

    /// <summary>The integration that a report's link leads to. One whose messages are signed has no form: a browser signs nothing.</summary>
    static async Task<Integration?> Reported(string key, IntegrationDirectory directory, CancellationToken ct) =>
        await directory.ByKey(key, ct) is { Format: Formats.Report, Signature: null } found ? found : null;

    static IResult Nothing(HttpContext http) => Screens.Show<ReportScreen>(new { Key = "", Missing = true }, 404);

    static string Whose(string? who) => who is "team" ? "team" : "customer";

    internal static Dictionary<string, string> Fault(string field, string text) => new(StringComparer.Ordinal) { [field] = text };

    static string FieldOf(Refusal refusal) => refusal.Code switch
    {
        "bad-name" or "name-taken" => "name",
        "unknown-format" => "format",
        "unknown-signature" => "signature",
        "no-such-service" or "not-allowed" => "service",
        "bad-time" => "period",
        "no-title" => "title",
        _ => "",
    };

    /// <summary>Minutes as typed; what is no number is one that is refused, and not left out.</summary>
    static double? Number(string? typed, double unit) => typed is null ? null : double.TryParse(typed.Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number * unit : -1;
}
