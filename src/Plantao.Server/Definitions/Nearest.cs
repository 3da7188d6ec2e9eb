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

    /// <summary>Levenshtein's distance, with two neighbours exchanged as one edit (optimal string alignment): the commonest slip of all.</summary>
    static int Edits(string a, string b)
    {
        var edits = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            for (var j = 0; j <= b.Length; j++)
                if (i == 0 || j == 0) edits[i, j] = i + j;
                else
                {
                    edits[i, j] = Math.Min(Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1, edits[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                    if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
                }
        return edits[a.Length, b.Length];
    }

    /// <summary><c>groupBy</c>, <c>group-by</c> and <c>Group_By</c> are all near <c>group_by</c>.</summary>
    static string Fold(string text) => text.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
