using System.Globalization;
using System.Text;

namespace Plantao.Definitions;

/// <summary>Two versions of a definition side by side, as lines of YAML in the unified format of <c>diff -u</c>.</summary>
public static class Difference
{
    /// <summary>Lines around a change.</summary>
    const int Context = 3;

    /// <summary>Beyond this many pairs of lines nothing is compared: all is taken out and put in again.</summary>
    const long MostPairs = 4_000_000;

    /// <summary>What leads from one document to another.</summary>
    /// <param name="before">Canonical JSON; <see langword="null"/>: there was none.</param>
    /// <param name="after">Canonical JSON; <see langword="null"/>: there is none any more.</param>
    /// <param name="beforeLabel">Stands behind <c>---</c>, such as <c>services/checkout.yaml (revision 3)</c>.</param>
    /// <returns>Empty when they say the same.</returns>
    /// <exception cref="FormatException">See <see cref="IDefinitionKind.Render"/>.</exception>
    public static string Between(IDefinitionKind kind, string? before, string? after, string beforeLabel, string afterLabel)
    {
        var lines = Align(Lines(kind, before), Lines(kind, after));
        if (lines.All(line => line.Mark == ' ')) return "";

        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"--- {beforeLabel}\n+++ {afterLabel}\n");
        for (var i = 0; i < lines.Count;)
        {
            var first = lines.FindIndex(i, line => line.Mark != ' ');
            if (first < 0) break;
            var last = first;
            for (var next = first; next < lines.Count && next - last <= 2 * Context; next++)
                if (lines[next].Mark != ' ') last = next;
            var (from, to) = (Math.Max(i, first - Context), Math.Min(lines.Count, last + Context + 1));

            var hunk = lines[from..to];
            text.Append(CultureInfo.InvariantCulture, $"@@ -{Range(lines, from, hunk, '+')} +{Range(lines, from, hunk, '-')} @@\n");
            foreach (var (mark, line) in hunk) text.Append(mark).Append(line).Append('\n');
            i = to;
        }
        return text.ToString();
    }

    /// <param name="other">The mark of the other side's lines, which are not counted.</param>
    static string Range(List<(char Mark, string)> lines, int from, List<(char Mark, string)> hunk, char other)
    {
        var (before, count) = (lines.Take(from).Count(line => line.Mark != other), hunk.Count(line => line.Mark != other));
        return string.Create(CultureInfo.InvariantCulture, $"{(count == 0 ? before : before + 1)},{count}");
    }

    static string[] Lines(IDefinitionKind kind, string? document) => document is null ? [] : kind.Render(document).TrimEnd('\n').Split('\n');

    /// <summary>The longest common subsequence, by the table.</summary>
    static List<(char Mark, string Line)> Align(string[] before, string[] after)
    {
        var (n, m) = (before.Length, after.Length);
        if ((long)n * m > MostPairs) return [.. before.Select(line => ('-', line)), .. after.Select(line => ('+', line))];

        var common = new int[n + 1, m + 1];
        for (var i = n - 1; i >= 0; i--)
            for (var j = m - 1; j >= 0; j--)
                common[i, j] = before[i] == after[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);

        List<(char, string)> lines = [];
        var (at, to) = (0, 0);
        while (at < n || to < m)
            if (at < n && to < m && before[at] == after[to]) Keep();
            else if (at < n && (to == m || common[at + 1, to] >= common[at, to + 1])) lines.Add(('-', before[at++]));
            else lines.Add(('+', after[to++]));
        return lines;

        void Keep()
        {
            lines.Add((' ', before[at++]));
            to++;
        }
    }
}
