using System.Text;
using Plantao.Client;
using Plantao.Definitions.Pages;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;
using Plantao.Platform.Web;

namespace Plantao.Definitions;

/// <summary>One definition as a list shows it.</summary>
/// <param name="By">Who wrote its revision, by name.</param>
public sealed record DefinitionLine(StoredDefinition Of, string By, DateTimeOffset At, int Holes);

/// <summary>All that the screen of one definition shows.</summary>
/// <param name="Revisions">Newest first, each with its author's name.</param>
/// <param name="Compared">Two revisions as <c>diff -u</c>; <see langword="null"/>: none were asked for.</param>
/// <param name="Drift">What the web changed since the pack was applied, likewise.</param>
public sealed record DefinitionFile(StoredDefinition Of, string Yaml, IReadOnlyList<(Revision Revision, string By)> Revisions, IReadOnlyList<Hole> Holes, int? From, int? To, string? Compared, string? Drift, bool MayEdit);

/// <summary>What a form of a definition offers to choose from.</summary>
public sealed record DefinitionChoices(IReadOnlyList<(string Value, string Word)> Teams, IReadOnlyList<string> Policies, IReadOnlyList<string> Services, IReadOnlyList<string> Targets, IReadOnlyList<string> People);

/// <summary>Reads what the screens of definitions show, with the rights of who looks.</summary>
sealed class DefinitionDesk(DefinitionStore store, DefinitionKinds kinds, TeamStore teams, UserStore users, Db db)
{
    public async Task<IReadOnlyList<DefinitionLine>> List(Call call, CancellationToken ct)
    {
        var seen = await DefinitionEndpoints.Visible(call, store, teams, ct);
        var holes = (await Holes(ct)).ToLookup(h => h.By);
        var written = (await store.Latest(ct)).ToDictionary(l => l.Key, l => (l.Author, l.At));
        var lines = new List<DefinitionLine>();
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var definition in seen)
        {
            var (author, at) = written[definition.Key];
            lines.Add(new(definition, names.TryGetValue(author, out var known) ? known : names[author] = await Name(author, ct), at, holes[definition.Key].Count()));
        }

        return lines;
    }

    public async Task<StoredDefinition?> Find(string kind, string name, Call call, CancellationToken ct) =>
        kinds.Find(kind) is not null && await store.Find(new(kind, name), ct) is { } found && await DefinitionEndpoints.Sees(call, found, teams, ct) ? found : null;

    public async Task<DefinitionFile?> Open(string kind, string name, int? from, int? to, Call call, CancellationToken ct)
    {
        if (await Find(kind, name, call, ct) is not { } found) return null;
        var known = kinds[kind];
        var revisions = new List<(Revision, string)>();
        foreach (var revision in await store.Revisions(found.Key, ct)) revisions.Add((revision, await Name(revision.Author, ct)));
        Revision? Numbered(int? number) => number is { } n ? revisions.FirstOrDefault(r => r.Item1.Number == n).Item1 : null;
        var (before, after) = (Numbered(from), Numbered(to));
        var path = $"{known.Folder}/{name}.yaml";
        return new(
            found, known.Render(found.Document), revisions, [.. (await Holes(ct)).Where(h => h.By == found.Key)], before?.Number, after?.Number,
            before is null || after is null ? null : Difference.Between(known, before.Document, after.Document, $"{path} ({before.Number})", $"{path} ({after.Number})"),
            found.Drifted ? Difference.Between(known, found.Applied, found.Document, path + " (pack)", path + " (web)") : null, await MayChange(found.Document, call, ct));
    }

    public async Task<bool> MayChange(string document, Call call, CancellationToken ct)
    {
        using var parsed = System.Text.Json.JsonDocument.Parse(document);
        var team = parsed.RootElement.TryGetProperty("team", out var named) ? await teams.Find(named.GetString()!, ct) : null;
        return call.Caller.May(Right.ChangeDefinitions, team?.Id);
    }

    public async Task<DefinitionChoices> Choices(Call call, CancellationToken ct)
    {
        var seen = await DefinitionEndpoints.Visible(call, store, teams, ct);
        var own = (await teams.List(call.Caller, "", Listing.Most, ct)).Where(t => call.Caller.May(Right.ChangeDefinitions, t.Id)).ToList();
        IReadOnlyList<string> Of(string kind) => [.. seen.Where(d => d.Key.Kind == kind).Select(d => d.Key.Name)];
        var people = (await users.List("", Listing.Most, ct)).Where(u => u.Status is UserStatus.Active).Select(u => u.Name).ToList();
        return new(
            [.. own.Select(t => (t.Name, t.Title))], Of("escalation-policy"), Of("service"),
            [.. Of("schedule").Select(s => "schedule:" + s), .. own.SelectMany(t => new[] { "team:" + t.Name, "team-managers:" + t.Name }), .. people.Select(p => "person:" + p)], people);
    }

    /// <summary>What definitions name and nothing answers to.</summary>
    async Task<IReadOnlyList<Hole>> Holes(CancellationToken ct)
    {
        var (all, known) = await db.Snapshot(async tx => (await DefinitionStore.AllNow(tx), await DefinitionStore.Known(tx)), ct);
        var read = new List<Definition>();
        foreach (var each in all)
            // What a newer program wrote cannot be read here: of that nothing is known, and nothing is said.
            if (kinds.Find(each.Key.Kind) is { } kind && DefinitionEndpoints.Drafted(kind, each.Key.Name, kind.Render(each.Document)) is { Document: not null } draft)
                read.Add(new(each.Key, each.Document, each.Digest, draft.References, draft.Offers, $"{kind.Folder}/{each.Key.Name}.yaml"));
        return Plan.HolesIn(read, all.Select(d => d.Key).Concat(known).Concat(read.SelectMany(d => d.Offers)).ToHashSet());
    }

    async Task<string> Name(string author, CancellationToken ct) => (await users.Find(author, ct))?.DisplayName ?? author;
}

/// <summary>Definitions: listed, looked at, made and edited as fields or as text, compared, rolled back, taken along as a file.</summary>
static class DefinitionScreens
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/definitions", List).Needs(Right.ReadDefinitions).IsScreen().WithName("definitions-screen");
        routes.MapGet("/definitions/new", New).Needs(Right.ChangeDefinitions).IsScreen().WithName("new-definition-screen");
        routes.MapPost("/definitions/new", Make).Needs(Right.ChangeDefinitions).IsForm().WithName("new-definition-form");
        routes.MapGet("/definitions/{kind}/{name}", Show).Needs(Right.ReadDefinitions).IsScreen().WithName("definition-screen");
        routes.MapGet("/definitions/{kind}/{name}/edit", Edit).Needs(Right.ChangeDefinitions).IsScreen().WithName("edit-definition-screen");
        routes.MapPost("/definitions/{kind}/{name}/edit", Save).Needs(Right.ChangeDefinitions).IsForm().WithName("edit-definition-form");
        routes.MapPost("/definitions/{kind}/{name}/roll-back", RollBack).Needs(Right.ChangeDefinitions).IsForm().WithName("roll-back-form");
        routes.MapGet("/definitions/{kind}/{name}/file", File).Needs(Right.ReadDefinitions).IsScreen().WithName("definition-file");
    }

    static async Task<IResult> List(Call call, DefinitionDesk desk, DefinitionKinds kinds, CancellationToken ct) =>
        Screens.Show<DefinitionListScreen>(new { Lines = await desk.List(call, ct), Kinds = kinds.All.Select(k => k.Name).ToList() });

    static async Task<IResult> Show(string kind, string name, Call call, HttpContext http, DefinitionDesk desk, CancellationToken ct, int? from = null, int? to = null) =>
        await desk.Open(kind, name, from, to, call, ct) is { } file ? Screens.Show<DefinitionScreen>(new { File = file }) : await Missing(http);

    static async Task<IResult> File(string kind, string name, Call call, HttpContext http, DefinitionDesk desk, DefinitionKinds kinds, CancellationToken ct) =>
        await desk.Find(kind, name, call, ct) is { } found ? Results.File(Encoding.UTF8.GetBytes(kinds[kind].Render(found.Document)), "application/yaml", name + ".yaml") : await Missing(http);

    static async Task<IResult> New(Call call, HttpContext http, DefinitionDesk desk, DefinitionKinds kinds, CancellationToken ct, string? kind = null, string? with = null)
    {
        if (kinds.Find(kind ?? "service") is not { } known) return await Missing(http);
        var plain = with != "text" && PlainForms.Kinds.Contains(known.Name, StringComparer.Ordinal);
        return Screens.Show<DefinitionForm>(new { Kind = known.Name, Plain = plain, MayPlain = PlainForms.Kinds.Contains(known.Name, StringComparer.Ordinal), Choices = await desk.Choices(call, ct) });
    }

    static async Task<IResult> Edit(string kind, string name, Call call, HttpContext http, DefinitionDesk desk, DefinitionKinds kinds, CancellationToken ct, string? with = null)
    {
        if (await desk.Find(kind, name, call, ct) is not { } found) return await Missing(http);
        var fields = PlainForms.Fields(kinds[kind], found.Document);
        return Screens.Show<DefinitionForm>(new
        {
            Kind = kind,
            Name = name,
            found.Revision,
            Plain = with != "text" && fields is not null,
            MayPlain = fields is not null,
            More = fields is null && PlainForms.Kinds.Contains(kind, StringComparer.Ordinal),
            Fields = fields,
            Yaml = kinds[kind].Render(found.Document),
            found.Pack,
            Choices = await desk.Choices(call, ct),
            MaySave = await desk.MayChange(found.Document, call, ct),
        });
    }

    static Task<IResult> Make(Form form, Call call, Viewer viewer, HttpContext http, DefinitionDesk desk, DefinitionKinds kinds, DefinitionStore store, Db db, CancellationToken ct) =>
        Take(form["kind"], form["name"], 0, form, isNew: true, call, viewer, http, desk, kinds, store, db, ct);

    static Task<IResult> Save(string kind, string name, Form form, Call call, Viewer viewer, HttpContext http, DefinitionDesk desk, DefinitionKinds kinds, DefinitionStore store, Db db, CancellationToken ct) =>
        Take(kind, name, int.TryParse(form["revision"], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var revision) ? revision : null, form, isNew: false, call, viewer, http, desk, kinds, store, db, ct);

    static async Task<IResult> Take(
        string kind, string name, int? seen, Form form, bool isNew, Call call, Viewer viewer, HttpContext http, DefinitionDesk desk, DefinitionKinds kinds, DefinitionStore store, Db db, CancellationToken ct)
    {
        if (kinds.Find(kind) is not { } known) return await Missing(http);
        var there = isNew ? null : await desk.Find(kind, name, call, ct);
        if (!isNew && there is null) return await Missing(http);
        var plain = form["with"] == "fields" && PlainForms.Kinds.Contains(kind, StringComparer.Ordinal);
        var tree = plain ? PlainForms.Tree(kind, form.Typed) : null;
        var yaml = tree is null ? form.Exact("yaml").Replace("\r\n", "\n", StringComparison.Ordinal) : Yaml.Write(tree);
        var draft = tree is null ? DefinitionEndpoints.Drafted(known, Shapes.IsName(name) ? name : "new", yaml) : known.Read(tree);
        var (act, errors) = (form["act"], new Dictionary<string, string>(StringComparer.Ordinal));
        var status = 200;
        if (act is not ("look" or "text"))
        {
            status = 422;
            if (draft.Problems.Count == 0)
            {
                var ruling = await DefinitionEndpoints.PutOne(kind, name, new(yaml, form["reason"]), seen, call, db, kinds, store, ct);
                if (ruling.Allowed) return Screens.Back($"/definitions/{kind}/{name}");
                errors[ruling.Refusal.Code switch { "bad-name" or "definition-taken" => "name", "no-reason" => "reason", _ => "" }] = viewer.Why(ruling.Refusal);
                status = ruling.Refusal.Status;
            }
        }

        return Screens.Show<DefinitionForm>(new
        {
            Kind = kind,
            Name = isNew ? null : name,
            NewName = name,
            Reason = form.Exact("reason"),
            Revision = seen ?? 0,
            Plain = plain && act != "text",
            MayPlain = plain,
            Fields = form.Typed,
            Yaml = yaml,
            Looked = act == "look",
            there?.Pack,
            Choices = await desk.Choices(call, ct),
            Problems = act == "text" ? [] : draft.Problems,
            Errors = errors,
        }, status);
    }

    static async Task<IResult> RollBack(string kind, string name, Form form, Call call, Viewer viewer, HttpContext http, DefinitionDesk desk, DefinitionKinds kinds, DefinitionStore store, Db db, CancellationToken ct)
    {
        if (await desk.Open(kind, name, null, null, call, ct) is not { } file || file.Revisions.FirstOrDefault(r => r.Revision.Number.ToString(System.Globalization.CultureInfo.InvariantCulture) == form["revision"]).Revision is not { } wanted) return await Missing(http);
        var ruling = await DefinitionEndpoints.PutOne(kind, name, new(kinds[kind].Render(wanted.Document), viewer.Say(DefinitionTexts.All, "rolled", form["revision"])), null, call, db, kinds, store, ct);
        return ruling.Allowed
            ? Screens.Back($"/definitions/{kind}/{name}")
            : Screens.Show<DefinitionScreen>(new { File = file, Fault = viewer.Why(ruling.Refusal) }, ruling.Refusal.Status);
    }

    internal static async Task<IResult> Missing(HttpContext http)
    {
        await Screens.Refuse(http, DefinitionEndpoints.NoSuch);
        return Results.Empty;
    }
}

/// <summary>Packs: pasted or uploaded, planned, and applied by a second press; taken along as an archive.</summary>
static class PackScreens
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/packs/new", () => Screens.Show<PackForm>()).Needs(Right.ReadDefinitions).IsScreen().WithName("pack-screen");
        routes.MapPost("/packs/plan", PlanOne).Needs(Right.ReadDefinitions).IsForm().WithName("plan-form");
        routes.MapPost("/packs/apply", ApplyOne).Needs(Right.ChangeDefinitions).IsForm().WithName("apply-form");
        routes.MapGet("/packs/{pack}/archive", Archive).Needs(Right.ReadDefinitions).IsScreen().WithName("pack-archive");
    }

    static async Task<IResult> PlanOne(Form form, Call call, Viewer viewer, Db db, DefinitionKinds kinds, DefinitionStore store, CancellationToken ct)
    {
        var typed = form.Exact("pack");
        Ruling<IReadOnlyList<PackFile>> files = form.Files.Any(f => f.Length > 0) ? await PackText.Read(form.Files, ct) : typed.Length > PackText.Largest ? PackText.TooLarge : PackText.Read(typed).ToList();
        return files.Allowed ? await Shown(files.Value, form, apply: false, call, viewer, db, kinds, store, ct) : Screens.Show<PackForm>(new { Text = typed, Fault = viewer.Why(files.Refusal) }, files.Refusal.Status);
    }

    static async Task<IResult> ApplyOne(Form form, Call call, Viewer viewer, Db db, DefinitionKinds kinds, DefinitionStore store, CancellationToken ct) =>
        form.Exact("pack").Length > PackText.Largest
            ? Screens.Show<PackForm>(new { Fault = viewer.Why(PackText.TooLarge) }, PackText.TooLarge.Status)
            : await Shown(PackText.Read(form.Exact("pack")), form, apply: true, call, viewer, db, kinds, store, ct);

    static async Task<IResult> Shown(IReadOnlyList<PackFile> files, Form form, bool apply, Call call, Viewer viewer, Db db, DefinitionKinds kinds, DefinitionStore store, CancellationToken ct)
    {
        var text = PackText.Write(files);
        var read = Pack.Read(files, kinds);
        if (read.Problems.Count > 0 || read.Head is null) return Screens.Show<PackForm>(new { Text = text, read.Problems }, 422);
        var wanted = new PackRequest([.. files.Select(f => new PackFileBody(f.Path, f.Text))], form.Ticked("prune"), form.Given("take"));
        var planned = await DefinitionEndpoints.Made(wanted, call, db, kinds, store, apply: false, ct);
        if (!planned.Allowed) return Screens.Show<PackForm>(new { Text = text, Fault = viewer.Why(planned.Refusal) }, planned.Refusal.Status);
        var digest = Canonical.Digest(System.Text.Json.JsonSerializer.Serialize(planned.Value, Json.Compact));
        object Plan(PlanView view, string? fault, bool moved) => new { Of = view, Head = read.Head, Text = text, Digest = digest, wanted.Prune, Taken = wanted.Take, Fault = fault, Moved = moved };
        if (!apply) return Screens.Show<PlanScreen>(Plan(planned.Value, null, moved: false));
        // What is applied is what was shown: when something moved meanwhile, the new plan is shown and waits for its own press.
        if (form["digest"] != digest) return Screens.Show<PlanScreen>(Plan(planned.Value, null, moved: true), 409);
        var made = await DefinitionEndpoints.Made(wanted, call, db, kinds, store, apply: true, ct);
        return made.Allowed ? Screens.Show<PlanScreen>(Plan(made.Value, null, moved: false)) : Screens.Show<PlanScreen>(Plan(planned.Value, viewer.Why(made.Refusal), moved: false), made.Refusal.Status);
    }

    static async Task<IResult> Archive(string pack, Call call, HttpContext http, DefinitionKinds kinds, DefinitionStore store, TeamStore teams, CancellationToken ct)
    {
        var files = await DefinitionEndpoints.FilesOf(pack, call, kinds, store, teams, ct);
        if (!files.Allowed) return await DefinitionScreens.Missing(http);
        using var bytes = new MemoryStream();
        using (var archive = new System.IO.Compression.ZipArchive(bytes, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
            foreach (var file in files.Value)
            {
                await using var entry = await archive.CreateEntry($"{pack}/{file.Path}").OpenAsync(ct);
                await entry.WriteAsync(Encoding.UTF8.GetBytes(file.Text), ct);
            }

        return Results.File(bytes.ToArray(), "application/zip", pack + ".zip");
    }
}
