using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Plantao.Client;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;

namespace Plantao.Definitions;

/// <summary><c>/api/v1/packs</c> and <c>/api/v1/definitions</c>: lint, plan, apply, export; read, edit, roll back.</summary>
static class DefinitionEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/packs/lint", Lint).Needs(Right.ReadDefinitions).WithName("lint-pack").WithSummary("What is wrong in a pack, by file, line and column.");
        routes.MapPost("/api/v1/packs/plan", PlanPack).Needs(Right.ReadDefinitions).WithName("plan-pack").WithSummary("What applying a pack would do.");
        routes.MapPost("/api/v1/packs/apply", Apply).Needs(Right.ChangeDefinitions).WithName("apply-pack").WithSummary("Applies a pack, all of it or nothing.");
        routes.MapGet("/api/v1/packs/{pack}/export", ExportPack).Needs(Right.ReadDefinitions).WithName("export-pack").WithSummary("A pack's definitions as files.");
        routes.MapGet("/api/v1/definitions", List).Needs(Right.ReadDefinitions).WithName("list-definitions").WithSummary("Every definition.");
        routes.MapGet("/api/v1/definitions/{kind}/{name}", Show).Needs(Right.ReadDefinitions).WithName("get-definition").WithSummary("One definition.");
        routes.MapGet("/api/v1/definitions/{kind}/{name}/revisions", Revisions).Needs(Right.ReadDefinitions).WithName("list-revisions").WithSummary("Its revisions, newest first.");
        routes.MapPut("/api/v1/definitions/{kind}/{name}", Put).Needs(Right.ChangeDefinitions).WithName("put-definition").WithSummary("Writes a new revision; one that a pack owns is drifted from then on.");
    }

    static Ok<LintView> Lint(PackRequest wanted, DefinitionKinds kinds)
    {
        var pack = Pack.Read(Files(wanted), kinds);
        return TypedResults.Ok(new LintView(pack.Head?.Name, pack.Definitions.Count, [.. pack.Problems.Select(View)]));
    }

    static async Task<Results<Ok<PlanView>, ProblemHttpResult>> PlanPack(PackRequest wanted, Call call, Db db, DefinitionKinds kinds, DefinitionStore store, CancellationToken ct) =>
        Answer(await Made(wanted, call, db, kinds, store, apply: false, ct));

    static async Task<Results<Ok<PlanView>, ProblemHttpResult>> Apply(PackRequest wanted, Call call, Db db, DefinitionKinds kinds, DefinitionStore store, CancellationToken ct) =>
        Answer(await Made(wanted, call, db, kinds, store, apply: true, ct));

    /// <summary>Plans or applies; for the API and the screens alike.</summary>
    internal static async Task<Ruling<PlanView>> Made(PackRequest wanted, Call call, Db db, DefinitionKinds kinds, DefinitionStore store, bool apply, CancellationToken ct)
    {
        Take? take = wanted.Take switch { null => null, "file" => Take.File, "web" => Take.Web, _ => (Take)(-1) };
        if (take is { } given && !Enum.IsDefined(given)) return new Refusal("bad-take", "take is file or web.", 422);
        var pack = Pack.Read(Files(wanted), kinds);
        if (pack.Problems.Count > 0 || pack.Head is null)
            return new Refusal("pack-problems", string.Join('\n', pack.Problems.Select(p => p.ToString())), 422);
        return await db.Write<Ruling<PlanView>>(async tx =>
        {
            var plan = Plan.Make(await DefinitionStore.All(tx), pack, wanted.Prune, take, await DefinitionStore.Known(tx));
            if (apply && !plan.Stopped)
            {
                foreach (var change in plan.Changes.Where(c => c.Writes))
                    if (await Refused(tx, change.Wanted?.Document ?? change.Stored!.Document, call) is { } refusal) return refusal;
                await store.Apply(tx, plan, pack.Head, new Authorship(call.By, call.At, call.Correlation, "pack " + pack.Head.Name + " " + pack.Head.Version));
            }

            return View(plan, kinds, apply && !plan.Stopped);
        }, ct);
    }

    static async Task<Results<Ok<IReadOnlyList<PackFileBody>>, ProblemHttpResult>> ExportPack(string pack, Call call, DefinitionKinds kinds, DefinitionStore store, TeamStore teams, CancellationToken ct)
    {
        var ruling = await FilesOf(pack, call, kinds, store, teams, ct);
        return ruling.Allowed ? TypedResults.Ok<IReadOnlyList<PackFileBody>>([.. ruling.Value.Select(f => new PackFileBody(f.Path, f.Text))]) : ruling.Refusal.ToProblem();
    }

    /// <summary>A pack as files, with what the caller may see of it; for the API and the screens alike.</summary>
    internal static async Task<Ruling<IReadOnlyList<PackFile>>> FilesOf(string pack, Call call, DefinitionKinds kinds, DefinitionStore store, TeamStore teams, CancellationToken ct)
    {
        if (await store.Pack(pack, ct) is not { } head) return new Refusal("not-found", "There is no such pack.", 404);
        return Export.Files(head, (await Visible(call, store, teams, ct)).Where(d => d.Pack == pack).Select(d => (d.Key, d.Document)), kinds).ToList();
    }

    static async Task<Ok<IReadOnlyList<DefinitionView>>> List(Call call, DefinitionKinds kinds, DefinitionStore store, TeamStore teams, CancellationToken ct, string? kind = null) =>
        TypedResults.Ok<IReadOnlyList<DefinitionView>>([.. (await Visible(call, store, teams, ct)).Where(d => kind is null || d.Key.Kind == kind).Select(d => View(d, kinds))]);

    static async Task<Results<Ok<DefinitionView>, ProblemHttpResult>> Show(string kind, string name, Call call, DefinitionKinds kinds, DefinitionStore store, TeamStore teams, CancellationToken ct) =>
        await store.Find(new(kind, name), ct) is { } found && await Sees(call, found, teams, ct) ? TypedResults.Ok(View(found, kinds)) : NoSuch.ToProblem();

    static async Task<Results<Ok<IReadOnlyList<RevisionView>>, ProblemHttpResult>> Revisions(string kind, string name, Call call, DefinitionKinds kinds, DefinitionStore store, TeamStore teams, CancellationToken ct) =>
        kinds.Find(kind) is not { } known || await store.Find(new(kind, name), ct) is { } found && !await Sees(call, found, teams, ct) || await store.Revisions(new(kind, name), ct) is not { Count: > 0 } revisions
            ? NoSuch.ToProblem()
            : TypedResults.Ok<IReadOnlyList<RevisionView>>([.. revisions.Select(r => new RevisionView(r.Number, r.Digest, r.Author, r.At, r.Pack, r.Reason, known.Render(r.Document)))]);

    static async Task<Results<Ok<DefinitionView>, ProblemHttpResult>> Put(string kind, string name, DefinitionRequest wanted, Call call, Db db, DefinitionKinds kinds, DefinitionStore store, CancellationToken ct)
    {
        var ruling = await PutOne(kind, name, wanted, null, call, db, kinds, store, ct);
        return ruling.Allowed ? TypedResults.Ok(View(ruling.Value, kinds)) : ruling.Refusal.ToProblem();
    }

    /// <summary>Reads a definition's text as its file in a pack would be read.</summary>
    internal static Draft Drafted(IDefinitionKind kind, string name, string yaml)
    {
        var document = Document.Read($"{kind.Folder}/{name}.yaml", yaml);
        return document.Root is null || document.Problems.Count > 0 ? Draft.Wrong(document.Problems) : kind.Read(document.Root);
    }

    /// <summary>Writes a new revision; for the API and the screens alike.</summary>
    /// <param name="seen">The revision that was edited, 0 for none: when another is there by now, somebody was first. <see langword="null"/>: whatever is there is replaced.</param>
    internal static async Task<Ruling<StoredDefinition>> PutOne(string kind, string name, DefinitionRequest wanted, int? seen, Call call, Db db, DefinitionKinds kinds, DefinitionStore store, CancellationToken ct)
    {
        if (kinds.Find(kind) is not { } known) return new Refusal("unknown-kind", $"The kind is one of {string.Join(", ", kinds.All.Select(k => k.Name))}.", 422);
        if (!Shapes.IsName(name)) return new Refusal("bad-name", "A name has 1 to 63 lower-case letters, digits and hyphens.", 422);
        if (string.IsNullOrWhiteSpace(wanted.Reason)) return new Refusal("no-reason", "Say in a few words why it is changed.", 422);
        var draft = Drafted(known, name, wanted.Yaml);
        if (draft.Document is null) return new Refusal("definition-problems", string.Join('\n', draft.Problems), 422);
        return await db.Write<Ruling<StoredDefinition>>(async tx =>
        {
            var key = new DefinitionKey(kind, name);
            var before = await DefinitionStore.Find(tx, key);
            if (await Refused(tx, draft.Document, call) is { } refusal) return refusal;
            if (before is not null && await Refused(tx, before.Document, call) is { } owned) return owned;
            if (seen is { } edited && edited != (before?.Revision ?? 0))
                return before is not null && edited == 0 ? new Refusal("definition-taken", $"There is a {kind} of the name {name} already.") : new Refusal("definition-changed", "Somebody saved another revision meanwhile. Nothing of yours was saved.");
            var digest = Canonical.Digest(draft.Document);
            if (before?.Digest == digest) return before;
            await store.Save(tx, key, draft.Document, digest, before?.Pack, drifted: before?.Pack is not null, before?.Applied, new Authorship(call.By, call.At, call.Correlation, wanted.Reason.Trim()));
            return (await DefinitionStore.Find(tx, key))!;
        }, ct);
    }

    internal static Refusal NoSuch { get; } = new("not-found", "There is no such definition.", 404);

    /// <summary>What the caller sees: a private team's definitions are not there for others.</summary>
    internal static async Task<IReadOnlyList<StoredDefinition>> Visible(Call call, DefinitionStore store, TeamStore teams, CancellationToken ct)
    {
        var seen = new List<StoredDefinition>();
        foreach (var definition in await store.All(ct))
            if (await Sees(call, definition, teams, ct)) seen.Add(definition);
        return seen;
    }

    internal static async Task<bool> Sees(Call call, StoredDefinition definition, TeamStore teams, CancellationToken ct)
    {
        using var parsed = JsonDocument.Parse(definition.Document);
        return !parsed.RootElement.TryGetProperty("team", out var named) || await teams.Find(named.GetString()!, ct) is not { } team || team.VisibleTo(call.Caller);
    }

    /// <summary>A Manager changes definitions of the team; those of no team, Admins.</summary>
    static async Task<Refusal?> Refused(Tx tx, string document, Call call)
    {
        using var parsed = JsonDocument.Parse(document);
        var team = parsed.RootElement.TryGetProperty("team", out var named) ? await TeamStore.Find(tx, named.GetString()!) : null;
        return call.Caller.May(Right.ChangeDefinitions, team?.Id) ? null : call.NotAllowed(Right.ChangeDefinitions);
    }

    static IReadOnlyList<PackFile> Files(PackRequest wanted) => [.. wanted.Files.Take(PackFolder.MostFiles).Select(f => new PackFile(f.Path, f.Text))];

    static Results<Ok<PlanView>, ProblemHttpResult> Answer(Ruling<PlanView> ruling) => ruling.Allowed ? TypedResults.Ok(ruling.Value) : ruling.Refusal.ToProblem();

    static PlanView View(Plan plan, DefinitionKinds kinds, bool applied) => new(plan.Pack, applied, plan.Stopped, [.. plan.Changes.Select(c => View(c, kinds))], [.. plan.Holes.Select(h => h.ToString())]);

    static ChangeView View(Change change, DefinitionKinds kinds)
    {
        var kind = kinds[change.Key.Kind];
        var path = $"{kind.Folder}/{change.Key.Name}.yaml";
        var difference = change.Kind is ChangeKind.Unchanged or ChangeKind.Foreign or ChangeKind.Left
            ? ""
            : Difference.Between(kind, change.Stored?.Document, change.Kind is ChangeKind.Remove ? null : change.Wanted?.Document ?? change.Stored?.Document, path + " (here)", path);
        var web = change is { Kind: ChangeKind.Drift or ChangeKind.KeepWeb, Stored: { } stored } ? Difference.Between(kind, stored.Applied, stored.Document, path + " (as applied)", path + " (web)") : null;
        return new ChangeView(change.Key.Kind, change.Key.Name, change.Kind.ToString(), difference, web);
    }

    static ProblemView View(Problem p) => new(p.File, p.Line, p.Column, p.Message, p.Suggestion, p.ToString());

    static DefinitionView View(StoredDefinition d, DefinitionKinds kinds) =>
        new(d.Key.Kind, d.Key.Name, d.Pack, d.Revision, d.Digest, d.Drifted, JsonDocument.Parse(d.Document).RootElement, kinds[d.Key.Kind].Render(d.Document));
}
