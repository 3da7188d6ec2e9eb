namespace Plantao.Definitions;

/// <summary>Finds what somebody probably meant.</summary>
public static class Nearest
{
    /// <summary>The candidate that takes the fewest single-letter edits from <paramref name="written"/>; the first of equals.</summary>
    /// <returns><see langword="null"/> when none is near: more than one edit in three letters.</returns>
    public static string? To(string written, IEnumerable<string> candidates)
    {
        if (written.Length > 64) return null;
        var best = candidates.Select(candidate => (candidate, edits: Edits(Fold(written), Fold(candidate)))).OrderBy(pair => pair.edits).FirstOrDefault();
        return best.candidate is { } near && best.edits <= Math.Max(1, Math.Min(written.Length, near.Length) / 3) ? near : null;
    }

    /// <summary>A ready suggestion: the near one, else all that are known (when they are few).</summary>
    public static string? Suggestion(string written, IReadOnlyCollection<string> candidates) =>
        To(written, candidates) is { } near ? $"did you mean `{near}`?"
        : candidates.Count is > 0 and <= 20 ? "known here: " + string.Join(", ", candidates)
        : null;

    /// <summary>Levenshtein's distance.</summary>
    static int Edits(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
        }
        return row[^1];
    }

    /// <summary><c>groupBy</c>, <c>group-by</c> and <c>Group_By</c> are all near <c>group_by</c>.</summary>
    static string Fold(string text) => text.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
