using FsCheck;
using FsCheck.Fluent;
using Plantao.Definitions;
using Plantao.Definitions.Kinds;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Definitions;

public class PlanTests
{
    static readonly HashSet<DefinitionKey> Nobody = [];

    [Fact]
    public void What_is_not_there_is_created_and_what_is_there_already_is_not_touched()
    {
        var pack = Services(("a", "A"), ("b", "B"));
        var current = new[] { Stored("b", "B", pack: "demo") };

        var plan = Plan.Make(current, pack, prune: false, take: null, Nobody);

        Assert.Equal([(ChangeKind.Create, "a"), (ChangeKind.Unchanged, "b")], Lines(plan));
    }

    [Fact]
    public void What_belongs_to_the_web_or_to_another_pack_is_not_touched()
    {
        var current = new[] { Stored("a", "mine", pack: null), Stored("b", "theirs", pack: "other"), Stored("c", "gone", pack: "other") };

        var plan = Plan.Make(current, Services(("a", "A"), ("b", "B")), prune: true, take: Take.File, Nobody);

        Assert.Equal([(ChangeKind.Foreign, "a"), (ChangeKind.Foreign, "b")], Lines(plan));
        Assert.True(plan.Empty);
    }

    [Fact]
    public void What_left_the_pack_goes_only_with_prune()
    {
        var current = new[] { Stored("a", "A", pack: "demo") };

        Assert.Equal([(ChangeKind.Left, "a")], Lines(Plan.Make(current, Services(), prune: false, take: null, Nobody)));
        Assert.Equal([(ChangeKind.Remove, "a")], Lines(Plan.Make(current, Services(), prune: true, take: null, Nobody)));
    }

    [Theory]
    [InlineData(null, ChangeKind.Drift, true)]
    [InlineData(Take.File, ChangeKind.Update, false)]
    [InlineData(Take.Web, ChangeKind.KeepWeb, false)]
    public void An_edit_on_the_web_stops_the_plan_until_somebody_decides(Take? take, ChangeKind expected, bool stopped)
    {
        var plan = Plan.Make([Stored("a", "as on the web", pack: "demo", drifted: true)], Services(("a", "as in the file"), ("b", "B")), prune: false, take, Nobody);

        Assert.Equal([(expected, "a"), (ChangeKind.Create, "b")], Lines(plan));
        Assert.Equal(stopped, plan.Stopped);
    }

    [Theory]
    [InlineData(null, ChangeKind.Drift)]
    [InlineData(Take.File, ChangeKind.Remove)]
    [InlineData(Take.Web, ChangeKind.KeepWeb)]
    public void An_edit_on_the_web_is_not_pruned_away_unasked(Take? take, ChangeKind expected) =>
        Assert.Equal([(expected, "a")], Lines(Plan.Make([Stored("a", "A", pack: "demo", drifted: true)], Services(), prune: true, take, Nobody)));

    [Fact]
    public void An_edit_that_came_back_into_the_folder_is_settled() =>
        Assert.Equal([(ChangeKind.Settle, "a")], Lines(Plan.Make([Stored("a", "same", pack: "demo", drifted: true)], Services(("a", "same")), prune: false, take: null, Nobody)));

    [Fact]
    public void A_pack_with_problems_makes_no_plan_since_its_broken_files_would_look_deleted()
    {
        var broken = Written.Pack(("services/a.yaml", "title: [\n"));
        Assert.Throws<ArgumentException>(() => Plan.Make([Stored("a", "A", pack: "demo")], broken, prune: true, take: null, Nobody));
    }

    [Fact]
    public void Names_that_do_not_exist_are_listed_and_refuse_nothing()
    {
        var pack = Written.Pack(
            ("services/checkout.yaml", "title: Checkout\nteam: paymnets\nescalation_policy: standard\n"),
            ("escalation-policies/standard.yaml", "title: S\nsteps:\n  - targets: [person:ana, person:bruno, schedule:primary]\n    wait: 5m\n"),
            ("severities/s.yaml", "title: S\nlabels: [{label: SEV1, rank: 0, aliases: [P1]}]\n"),
            ("routes/r.yaml", "title: R\nrules:\n  - {match: [], severity: p1}\n  - {match: [], severity: SEV9}\n"));
        HashSet<DefinitionKey> known = [new("team", "payments"), new("person", "ana")];

        var plan = Plan.Make([], pack, prune: false, take: null, known);

        Assert.All(plan.Changes, change => Assert.Equal(ChangeKind.Create, change.Kind));
        Assert.Equal(
            [
                "services/checkout.yaml:2:7: team paymnets does not exist here (did you mean `payments`?)",
                "escalation-policies/standard.yaml:3:27: person bruno does not exist here",
                "escalation-policies/standard.yaml:3:41: schedule primary does not exist here",
                "routes/r.yaml:4:27: severity SEV9 does not exist here (did you mean `SEV1`?)",
            ],
            plan.Holes.Select(hole => hole.ToString()));
    }

    [Fact]
    public void What_is_removed_answers_to_no_name_any_more()
    {
        var pack = Written.Pack(("services/a.yaml", "title: A\nescalation_policy: old\n"));
        var old = new StoredDefinition(new("escalation-policy", "old"), "demo", 1, "x", "{}", Drifted: false);

        Assert.Empty(Plan.Make([old], pack, prune: false, take: null, Nobody).Holes);
        Assert.Single(Plan.Make([old], pack, prune: true, take: null, Nobody).Holes);
    }

    [Fact]
    public void Applied_twice_there_is_nothing_to_do() => Prop.ForAll<int>(seed =>
    {
        var (current, pack, prune, take) = Any(seed);
        var plan = Plan.Make(current, pack, prune, take, Nobody);
        if (plan.Stopped) return;

        Assert.True(Plan.Make(Apply(current, plan), pack, prune, take, Nobody).Empty);
    }).Holds(300);

    [Fact]
    public void Nothing_that_another_owns_is_ever_changed_and_nothing_is_removed_unasked() => Prop.ForAll<int>(seed =>
    {
        var (current, pack, prune, take) = Any(seed);
        var after = Apply(current, Plan.Make(current, pack, prune, take, Nobody));

        Assert.All(current.Where(each => each.Pack != "demo"), each => Assert.Contains(each, after));
        if (!prune) Assert.All(current, each => Assert.Contains(after, kept => kept.Key == each.Key));
        Assert.All(current.Where(each => each.Pack == "demo" && pack.Definitions.Any(wanted => wanted.Key == each.Key)), each => Assert.Contains(after, kept => kept.Key == each.Key));
    }).Holds(300);

    [Fact]
    public void An_edit_on_the_web_is_overwritten_only_when_the_file_was_taken() => Prop.ForAll<int>(seed =>
    {
        var (current, pack, prune, take) = Any(seed);
        var after = Apply(current, Plan.Make(current, pack, prune, take, Nobody));

        if (take != Take.File)
            Assert.All(current.Where(each => each.Drifted), each => Assert.Contains(after, kept => kept.Key == each.Key && kept.Digest == each.Digest));
    }).Holds(300);

    /// <summary>What the room does with a plan, without a database.</summary>
    static IReadOnlyList<StoredDefinition> Apply(IReadOnlyList<StoredDefinition> current, Plan plan)
    {
        if (plan.Stopped) return current;
        var after = current.ToDictionary(each => each.Key);
        foreach (var change in plan.Changes.Where(change => change.Writes))
            if (change.Wanted is not { } wanted) after.Remove(change.Key);
            else after[change.Key] = new(change.Key, plan.Pack, (change.Stored?.Revision ?? 0) + 1, wanted.Digest, wanted.Document, Drifted: false, wanted.Document);
        return [.. after.Values];
    }

    static (IReadOnlyList<StoredDefinition> Current, Pack Pack, bool Prune, Take? Take) Any(int seed)
    {
        var random = new Random(seed);
        string[] names = ["a", "b", "c", "d", "e", "f"];
        string Title() => "T" + "xyz"[random.Next(3)];
        var pack = Services([.. names.Where(_ => random.Next(2) == 0).Select(name => (name, Title()))]);
        IReadOnlyList<StoredDefinition> current = [.. names.Where(_ => random.Next(3) > 0).Select(name =>
            Stored(name, Title(), random.Next(4) switch { 0 => null, 1 => "other", _ => "demo" }, drifted: random.Next(5) == 0))];
        // Only what belongs to a pack can drift from it.
        current = [.. current.Select(each => each.Pack is null ? each with { Drifted = false } : each)];
        return (current, pack, random.Next(2) == 0, random.Next(3) switch { 0 => null, 1 => Take.File, _ => Take.Web });
    }

    static Pack Services(params (string Name, string Title)[] services) =>
        Written.Pack([.. services.Select(service => ($"services/{service.Name}.yaml", $"title: {service.Title}\n"))]);

    static StoredDefinition Stored(string name, string title, string? pack, bool drifted = false)
    {
        var document = Written.One($"services/{name}.yaml", $"title: {title}\n").Document;
        return new(new("service", name), pack, 1, Canonical.Digest(document), document, drifted);
    }

    static IEnumerable<(ChangeKind, string)> Lines(Plan plan) => plan.Changes.Select(change => (change.Kind, change.Key.Name));
}
