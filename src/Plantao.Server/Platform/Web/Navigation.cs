using Plantao.Platform.Access;
using Plantao.Platform.Text;

namespace Plantao.Platform.Web;

/// <summary>Under which heading a place stands.</summary>
public enum NavigationPart { Respond, Learn, Configure }

/// <summary>A place to go to, registered by the room whose screen it is.</summary>
/// <param name="Id">Which <c>Shell</c> names as <c>Current</c>.</param>
/// <param name="Order">Within its part, ascending.</param>
/// <param name="Label">A key of <paramref name="Texts"/>.</param>
/// <param name="Right">Who has it not does not see the entry.</param>
/// <param name="Tab">The place on the phone's tab bar, ascending; <see langword="null"/>: under More.</param>
public sealed record NavigationEntry(string Id, NavigationPart Part, int Order, string Icon, string Path, Phrases Texts, string Label, Right Right, int? Tab = null)
{
    /// <summary>How many things wait there; <see langword="null"/>: no number is shown.</summary>
    public Func<IServiceProvider, Viewer, CancellationToken, Task<int>>? Count { get; init; }

    /// <summary>Whether it stands there at this time; <see langword="null"/>: always.</summary>
    public Func<IServiceProvider, CancellationToken, Task<bool>>? Shown { get; init; }
}

/// <summary>An entry as one person sees it.</summary>
/// <param name="Count">One more than <see cref="Most"/> when there are more.</param>
public sealed record NavigationLine(NavigationEntry Entry, string Label, int? Count)
{
    /// <summary>The largest number that is written out.</summary>
    public const int Most = 999;

    public string Counted => Count > Most ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Most}+") : Count?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "";
}

/// <summary>All places, in their order.</summary>
public sealed class Navigation(IEnumerable<NavigationEntry> entries, IServiceProvider services)
{
    /// <summary>The id of the place that the shell shows as the field to search or go to, and not among the others.</summary>
    public const string Search = "search";

    readonly IReadOnlyList<NavigationEntry> all = [.. entries.OrderBy(e => e.Part).ThenBy(e => e.Order)];

    /// <summary>Those that a person may open, with what waits there.</summary>
    public async Task<IReadOnlyList<NavigationLine>> For(Viewer viewer, CancellationToken ct)
    {
        var lines = new List<NavigationLine>();
        foreach (var entry in all.Where(e => viewer.Caller.May(e.Right)))
            if (entry.Shown is null || await entry.Shown(services, ct)) lines.Add(new(entry, viewer.Say(entry.Texts, entry.Label), entry.Count is { } count ? await count(services, viewer, ct) : null));
        return lines;
    }
}
