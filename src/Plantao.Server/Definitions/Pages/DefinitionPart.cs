using System.Globalization;
using Plantao.Platform.Web.Components;

namespace Plantao.Definitions.Pages;

/// <summary>A component of this room's screens.</summary>
public abstract class DefinitionPart : Part
{
    protected string T(string key, params IReadOnlyList<string> values) => Me.Say(DefinitionTexts.All, key, values);

    protected static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>(StringComparer.Ordinal);

    protected static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    protected string KindName(string kind) => DefinitionTexts.All.All.ContainsKey("kind." + kind) ? T("kind." + kind) : kind;

    /// <summary>The lines of a <c>diff -u</c>, with their numbers on both sides. Its two heading lines are left out.</summary>
    protected static IReadOnlyList<Diff.Line> DiffLines(string unified)
    {
        var lines = new List<Diff.Line>();
        var (before, after) = (0, 0);
        foreach (var line in unified.TrimEnd('\n').Split('\n').Skip(2))
        {
            if (line.StartsWith("@@ -", StringComparison.Ordinal))
            {
                var parts = line.Split(' ');
                (before, after) = (First(parts[1]), First(parts[2]));
                lines.Add(new('@', null, null, line));
            }
            else if (line.StartsWith('-')) lines.Add(new('-', before++, null, line[1..]));
            else if (line.StartsWith('+')) lines.Add(new('+', null, after++, line[1..]));
            else lines.Add(new(' ', before++, after++, line.Length > 0 ? line[1..] : ""));
        }

        return lines;

        static int First(string range) => int.Parse(range[1..].Split(',')[0], CultureInfo.InvariantCulture);
    }
}
