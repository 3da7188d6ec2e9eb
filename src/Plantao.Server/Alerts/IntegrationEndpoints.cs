using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Plantao.Alerts.Intake.Generic;
using Plantao.Alerts.Intake.Signatures;
using Plantao.Client;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;
using Plantao.Services;

namespace Plantao.Alerts;

/// <summary><c>/api/v1/integrations</c>: made, keyed, looked after. Keys are shown once.</summary>
static class IntegrationEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/integrations", List).Needs(Right.ReadDefinitions).WithName("list-integrations").WithSummary("The doors through which tools tell us.");
        routes.MapPost("/api/v1/integrations", Make).Needs(Right.ManageIntegrations).WithName("make-integration").WithSummary("A new integration, for a service.");
        routes.MapPost("/api/v1/integrations/{integration}/keys", AddKey).Needs(Right.ManageIntegrations).WithName("make-integration-key").WithSummary("A new key, shown once. Two may live at once.");
        routes.MapDelete("/api/v1/integrations/{integration}/keys/{key}", RevokeKey).Needs(Right.ManageIntegrations).WithName("revoke-integration-key").WithSummary("Revokes a key.");
        routes.MapPut("/api/v1/integrations/{integration}/signing-secrets", Sign).Needs(Right.ManageIntegrations).WithName("set-signing-secrets").WithSummary("Secrets that sign what comes in.");
        routes.MapGet("/api/v1/integrations/{integration}/refusals", Refusals).Needs(Right.ManageIntegrations).WithName("list-refusals").WithSummary("What was not taken, newest first.");
    }

    internal static Refusal NoSuch { get; } = new("not-found", "There is no such integration.", 404);

    /// <summary>What may be asked for, and where each is sent to.</summary>
    internal static IReadOnlyDictionary<string, string[]> Kinds { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["alertmanager"] = ["/in/{key}/alertmanager", "/in/{key}/api/v2/alerts", "/api/v2/alerts"],
        ["pagerduty"] = ["/v2/enqueue", "/v2/change/enqueue", "/generic/2010-04-15/create_event.json"],
        ["grafana"] = ["/in/{key}/grafana"],
        ["generic"] = ["/in/{key}/json"],
        ["heartbeat"] = ["/in/{key}/heartbeat", "/in/{key}/heartbeat/{name}"],
        ["report"] = ["/in/{key}/report"],
    };

    static async Task<Ok<IReadOnlyList<IntegrationView>>> List(Call call, IntegrationStore store, TeamStore teams, CancellationToken ct)
    {
        var views = new List<IntegrationView>();
        foreach (var integration in await store.All(ct))
            if (await AlertEndpoints.Sees(call, integration.Team, teams, ct)) views.Add(await View(integration, store, ct));
        return TypedResults.Ok<IReadOnlyList<IntegrationView>>(views);
    }

    static async Task<Results<Created<IntegrationView>, ProblemHttpResult>> Make(IntegrationRequest wanted, Call call, IntegrationStore store, Db db, CancellationToken ct)
    {
        var ruling = await MakeOne(wanted, call, db, ct);
        return ruling.Allowed ? TypedResults.Created("/api/v1/integrations/" + ruling.Value.Name, await View(ruling.Value, store, ct)) : ruling.Refusal.ToProblem();
    }

    /// <summary>Makes an integration; for the API and the screens alike.</summary>
    internal static async Task<Ruling<Integration>> MakeOne(IntegrationRequest wanted, Call call, Db db, CancellationToken ct)
    {
        var read = Read(wanted, call.At);
        if (!read.Allowed) return read.Refusal;
        return await db.Write<Ruling<Integration>>(async tx =>
        {
            var service = wanted.Service is null ? null : await ServiceStore.Find(tx, wanted.Service);
            if (wanted.Service is not null && (service is not { RemovedAt: null } || !await AlertEndpoints.Sees(tx, call, service.TeamId))) return new Refusal("no-such-service", $"There is no service of the name {wanted.Service}.", 422);
            if (!call.Caller.May(Right.ManageIntegrations, service?.TeamId)) return call.NotAllowed(Right.ManageIntegrations);
            if (await IntegrationStore.ByName(tx, wanted.Name) is not null) return new Refusal("name-taken", $"The name {wanted.Name} is taken.");
            var integration = read.Value with { Team = service?.TeamId };
            await IntegrationStore.Put(tx, integration, 1, call.At);
            await tx.Journal(Entry.Of("integration.created", integration.Id, call.By, call.At, call.Correlation, new { integration.Name, integration.Format, integration.Service }));
            return integration;
        }, ct);
    }

    static async Task<Results<Created<IntegrationKeyMade>, ProblemHttpResult>> AddKey(string integration, Call call, Db db, CancellationToken ct)
    {
        var ruling = await MakeKey(integration, call, db, ct);
        return ruling.Allowed ? TypedResults.Created((string?)null, ruling.Value) : ruling.Refusal.ToProblem();
    }

    /// <summary>Makes a key, which is shown now and never again; for the API and the screens alike.</summary>
    internal static async Task<Ruling<IntegrationKeyMade>> MakeKey(string integration, Call call, Db db, CancellationToken ct)
    {
        var key = Tokens.NewIntegrationKey();
        return await db.Write<Ruling<IntegrationKeyMade>>(async tx =>
        {
            if (await IntegrationStore.ByName(tx, integration) is not { } found || !await AlertEndpoints.Sees(tx, call, found.Team)) return NoSuch;
            if (!call.Caller.May(Right.ManageIntegrations, found.Team)) return call.NotAllowed(Right.ManageIntegrations);
            var made = await IntegrationStore.AddKey(tx, found.Id, key, call.At);
            if (!made.Allowed) return made.Refusal;
            await tx.Journal(Entry.Of("integration.key-made", found.Id, call.By, call.At, call.Correlation, new { key = made.Value }));
            return new IntegrationKeyMade(made.Value, key);
        }, ct);
    }

    static async Task<Results<NoContent, ProblemHttpResult>> RevokeKey(string integration, string key, Call call, Db db, CancellationToken ct) =>
        await RevokeOne(integration, key, call, db, ct) is { } refusal ? refusal.ToProblem() : TypedResults.NoContent();

    /// <summary>Revokes a key; for the API and the screens alike.</summary>
    /// <returns>Why not.</returns>
    internal static Task<Refusal?> RevokeOne(string integration, string key, Call call, Db db, CancellationToken ct) => db.Write<Refusal?>(async tx =>
    {
        if (await IntegrationStore.ByName(tx, integration) is not { } found || !await AlertEndpoints.Sees(tx, call, found.Team)) return NoSuch;
        if (!call.Caller.May(Right.ManageIntegrations, found.Team)) return call.NotAllowed(Right.ManageIntegrations);
        if (!await IntegrationStore.RevokeKey(tx, found.Id, key, call.At)) return new Refusal("not-found", "There is no such key, or it was revoked.", 404);
        await tx.Journal(Entry.Of("integration.key-revoked", found.Id, call.By, call.At, call.Correlation, new { key }));
        return null;
    }, ct);

    static async Task<Results<NoContent, ProblemHttpResult>> Sign(string integration, SigningSecretsRequest wanted, Call call, Db db, Secrets secrets, CancellationToken ct) =>
        await KeepSecrets(integration, wanted, call, db, secrets, ct) is { } refusal ? refusal.ToProblem() : TypedResults.NoContent();

    /// <summary>Keeps the secrets that sign what comes in; for the API and the screens alike.</summary>
    /// <returns>Why not.</returns>
    internal static async Task<Refusal?> KeepSecrets(string integration, SigningSecretsRequest wanted, Call call, Db db, Secrets secrets, CancellationToken ct)
    {
        if (wanted.Secrets is not { Count: > 0 and <= 4 } || wanted.Secrets.Any(s => s.Length is < 8 or > 512 || s.Any(char.IsWhiteSpace)))
            return new Refusal("bad-secret", "Give 1 to 4 secrets of 8 to 512 characters without blanks.", 422);
        return await db.Write<Refusal?>(async tx =>
        {
            if (await IntegrationStore.ByName(tx, integration) is not { } found || !await AlertEndpoints.Sees(tx, call, found.Team)) return NoSuch;
            if (!call.Caller.May(Right.ManageIntegrations, found.Team)) return call.NotAllowed(Right.ManageIntegrations);
            await secrets.Keep(tx, IntakeDesk.SigningSecret(found.Id), string.Join(' ', wanted.Secrets));
            await tx.Journal(Entry.Of("integration.signing-secrets-set", found.Id, call.By, call.At, call.Correlation, new { count = wanted.Secrets.Count }));
            return null;
        }, ct);
    }

    static async Task<Results<Ok<IReadOnlyList<RefusalView>>, ProblemHttpResult>> Refusals(string integration, Call call, IntegrationStore store, SignalStore signals, TeamStore teams, CancellationToken ct)
    {
        if ((await store.All(ct)).FirstOrDefault(i => i.Name == integration) is not { } found || !await AlertEndpoints.Sees(call, found.Team, teams, ct)) return NoSuch.ToProblem();
        if (!call.Caller.May(Right.ManageIntegrations, found.Team)) return call.NotAllowed(Right.ManageIntegrations).ToProblem();
        return TypedResults.Ok<IReadOnlyList<RefusalView>>([.. (await signals.Refusals(found.Id, 100, ct)).Select(r => new RefusalView(r.At, r.Status, r.Why, r.Size, r.Digest, r.Head, r.Correlation, r.Count))]);
    }

    /// <summary>A request as an integration, or what is wrong with it.</summary>
    internal static Ruling<Integration> Read(IntegrationRequest wanted, DateTimeOffset now)
    {
        if (Slug.Fault(wanted.Name, "name") is { } fault) return fault;
        if (!Kinds.ContainsKey(wanted.Format)) return new Refusal("unknown-format", $"The format is one of {string.Join(", ", Kinds.Keys)}.", 422);
        SignatureScheme? signature = null;
        if (wanted.Signature is not null)
        {
            if (!Enum.TryParse<SignatureScheme>(wanted.Signature, ignoreCase: true, out var parsed) || !Enum.IsDefined(parsed)) return new Refusal("unknown-signature", $"The signature is one of {string.Join(", ", Enum.GetNames<SignatureScheme>())}.", 422);
            signature = parsed;
        }

        // A figure that cannot be is refused: a heartbeat with another period than its owner believes would page too late.
        if (wanted.PeriodSeconds is { } period && period is not (>= 1 and < 1e8) || wanted.GraceSeconds is { } grace && grace is not (>= 0 and < 1e8) || wanted.ResolveAfterMinutes is { } age && age is not (>= 1 and < 1e6))
            return new Refusal("bad-time", "A period lasts from 1 s to 1,157 days, a grace from 0 s, and resolving by age takes 1 min to 694 days.", 422);
        if (wanted.Mapping is { } mapping && Mapping.Read(Encoding.UTF8.GetBytes(mapping.GetRawText())) is { Allowed: false } bad) return bad.Refusal;
        return new Integration(
            Ids.New("int", now), wanted.Name, wanted.Title ?? wanted.Name, wanted.Service, null, wanted.Format, wanted.Mapping, signature, wanted.LenientSeverity,
            Seconds(wanted.PeriodSeconds), Seconds(wanted.GraceSeconds), wanted.ResolveAfterMinutes is { } m ? TimeSpan.FromMinutes(m) : null);

        static TimeSpan? Seconds(double? s) => s is { } given ? TimeSpan.FromSeconds(given) : null;
    }

    static async Task<IntegrationView> View(Integration i, IntegrationStore store, CancellationToken ct) => new(
        i.Id, i.Name, i.Title, i.Format, i.Service, Kinds.GetValueOrDefault(i.Format, []), [.. (await store.KeysOf(i.Id, ct)).Select(k => new IntegrationKeyView(k.Id, k.Hint, k.MadeAt, k.RevokedAt))]);
}
