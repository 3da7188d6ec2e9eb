namespace Plantao.Definitions;

/// <summary>A definition as it stands in the database.</summary>
/// <param name="Pack">The pack that owns it; <see langword="null"/>: the web does.</param>
/// <param name="Revision">1 at first.</param>
/// <param name="Digest">Of <paramref name="Document"/>.</param>
/// <param name="Drifted">Edited on the web since it was last applied.</param>
/// <param name="Applied">The document as last applied from the pack, to tell what each side changed; <see langword="null"/> when there is none.</param>
public sealed record StoredDefinition(DefinitionKey Key, string? Pack, int Revision, string Digest, string Document, bool Drifted, string? Applied = null);

/// <summary>Which side of a drift is kept.</summary>
public enum Take
{
    /// <summary>What the pack's file says.</summary>
    File,

    /// <summary>What was edited on the web.</summary>
    Web,
}

/// <summary>What <c>apply</c> does with one definition.</summary>
public enum ChangeKind
{
    /// <summary>Is not there yet.</summary>
    Create,

    /// <summary>Is there, and will say what the file says.</summary>
    Update,

    /// <summary>Says what the file says.</summary>
    Unchanged,

    /// <summary>Was edited on the web, and the file now says the same: the mark of the drift goes, nothing else changes.</summary>
    Settle,

    /// <summary>Was edited on the web, and stays as it was edited (<c>--take web</c>). Still drifted, until <c>export</c> brings it into the folder.</summary>
    KeepWeb,

    /// <summary>Was edited on the web, and the file says something else: nothing at all is applied until somebody decides.</summary>
    Drift,

    /// <summary>Is in the pack no more, and goes (<c>--prune</c>).</summary>
    Remove,

    /// <summary>Is in the pack no more, and stays, since <c>--prune</c> was not given.</summary>
    Left,

    /// <summary>Belongs to the web or to another pack: not touched.</summary>
    Foreign,
}

/// <summary>One line of a plan.</summary>
/// <param name="Stored"><see langword="null"/> for <see cref="ChangeKind.Create"/>.</param>
/// <param name="Wanted">What the file says; <see langword="null"/> when there is none.</param>
public sealed record Change(ChangeKind Kind, DefinitionKey Key, StoredDefinition? Stored, Definition? Wanted)
{
    /// <summary>Whether applying it writes anything.</summary>
    public bool Writes => Kind switch
    {
        ChangeKind.Create or ChangeKind.Update or ChangeKind.Settle or ChangeKind.Remove => true,
        ChangeKind.Unchanged or ChangeKind.KeepWeb or ChangeKind.Drift or ChangeKind.Left or ChangeKind.Foreign => false,
    };
}

/// <summary>A name that does not exist here: shown, and filled by making it. Never a reason to refuse the rest.</summary>
public sealed record Hole(DefinitionKey By, Reference Reference, string? Suggestion)
{
    /// <summary><c>file:line:column: person owner does not exist here</c></summary>
    public override string ToString() => new Problem(Reference.At, $"{Reference.Kind} {Reference.Name} does not exist here", Suggestion).ToString();
}

/// <summary>What applying a pack would do. Pure: made from what is there and what is wanted, and nothing is touched.</summary>
public sealed record Plan(string Pack, IReadOnlyList<Change> Changes, IReadOnlyList<Hole> Holes)
{
    /// <summary>Edits on the web and in the folder stand against each other: nothing is applied, and <c>apply</c> exits with 3.</summary>
    public bool Stopped => Changes.Any(change => change.Kind == ChangeKind.Drift);

    /// <summary>There is nothing to do.</summary>
    public bool Empty => !Stopped && !Changes.Any(change => change.Writes);

    /// <summary>Makes the plan.</summary>
    /// <param name="current">All definitions that are there, whoever owns them.</param>
    /// <param name="prune">What the pack owns and holds no more is removed.</param>
    /// <param name="take">Which side of a drift is kept; <see langword="null"/>: a drift stops the plan.</param>
    /// <param name="known">The people, teams, secrets and severities that are there: all that a reference may name besides a definition.</param>
    /// <exception cref="ArgumentException">The pack has problems. Its unreadable files would look as if they had been deleted.</exception>
    public static Plan Make(IReadOnlyList<StoredDefinition> current, Pack pack, bool prune, Take? take, IReadOnlySet<DefinitionKey> known)
    {
        if (pack.Head is not { } head || pack.Problems.Count > 0) throw new ArgumentException("The pack has problems: they are to be shown instead of a plan.", nameof(pack));

        var stored = current.ToDictionary(each => each.Key);
        var wanted = pack.Definitions.Select(each => each.Key).ToHashSet();
        IReadOnlyList<Change> changes =
        [
            .. pack.Definitions.Select(definition => Of(definition, stored.GetValueOrDefault(definition.Key), head.Name, take)),
            .. current.Where(each => each.Pack == head.Name && !wanted.Contains(each.Key))
                .OrderBy(each => each.Key.Kind, StringComparer.Ordinal).ThenBy(each => each.Key.Name, StringComparer.Ordinal)
                .Select(orphan => new Change(Gone(orphan, prune, take), orphan.Key, orphan, null)),
        ];
        return new(head.Name, changes, HolesIn(changes, stored, known));
    }

    static Change Of(Definition wanted, StoredDefinition? stored, string pack, Take? take) => new(
        stored is null ? ChangeKind.Create
        : stored.Pack != pack ? ChangeKind.Foreign
        : stored.Digest == wanted.Digest ? stored.Drifted ? ChangeKind.Settle : ChangeKind.Unchanged
        : !stored.Drifted ? ChangeKind.Update
        : take switch
        {
            Take.File => ChangeKind.Update,
            Take.Web => ChangeKind.KeepWeb,
            null => ChangeKind.Drift,
        }, wanted.Key, stored, wanted);

    static ChangeKind Gone(StoredDefinition orphan, bool prune, Take? take) =>
        !prune ? ChangeKind.Left
        : !orphan.Drifted ? ChangeKind.Remove
        : take switch
        {
            Take.File => ChangeKind.Remove,
            Take.Web => ChangeKind.KeepWeb,
            null => ChangeKind.Drift,
        };

    /// <summary>Names that nothing answers to once the plan is applied.</summary>
    static List<Hole> HolesIn(IReadOnlyList<Change> changes, Dictionary<DefinitionKey, StoredDefinition> stored, IReadOnlySet<DefinitionKey> known)
    {
        var there = stored.Keys.Concat(known).ToHashSet();
        there.ExceptWith(changes.Where(change => change.Kind == ChangeKind.Remove).Select(change => change.Key));
        // What is foreign or kept from the web is not what the file says, and neither are its references.
        IReadOnlyList<Definition> after = [.. changes.Where(change => change.Kind is not (ChangeKind.Foreign or ChangeKind.KeepWeb)).Select(change => change.Wanted).OfType<Definition>()];
        there.UnionWith(after.Select(definition => definition.Key));
        there.UnionWith(after.SelectMany(definition => definition.Offers));
        return HolesIn(after, there);
    }

    /// <summary>What some definitions name and nothing answers to.</summary>
    /// <param name="there">All names that something answers to.</param>
    public static List<Hole> HolesIn(IReadOnlyList<Definition> after, IReadOnlySet<DefinitionKey> there)
    {
        // The words for severities are whole and without case; other names are spelled one way.
        var severities = there.Where(key => key.Kind == "severity").Select(key => key.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return
        [
            .. from definition in after
               from reference in definition.References
               where reference.Kind == "severity" ? !severities.Contains(reference.Name) : !there.Contains(new(reference.Kind, reference.Name))
               let near = Nearest.To(reference.Name, there.Where(key => key.Kind == reference.Kind).Select(key => key.Name).Order(StringComparer.Ordinal))
               select new Hole(definition.Key, reference, near is null ? null : $"did you mean `{near}`?"),
        ];
    }
}
