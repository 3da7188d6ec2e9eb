using System.Text.RegularExpressions;

namespace Plantao.Tests.House;

/// <summary>The rules that can only be read from the text of a file. Each gives the breaches it finds, as <c>path:line what</c>.</summary>
static class SourceRules
{
    /// <summary>A regular expression over text from outside must be linear in it, or one alert stops a node (failures.md I-series: no input hangs the process).</summary>
    /// <remarks>An expression whose text is ours alone may say so in a comment before it: <c>// linear: why</c>.</remarks>
    public static IEnumerable<string> BacktrackingRegexes(Source file)
    {
        foreach (Match call in Matches(file.Code, @"\bnew Regex\s*\(|\bRegex\.(IsMatch|Match|Matches|Replace|Split|Count|EnumerateMatches)\s*\(|\bGeneratedRegex\s*\("))
        {
            var arguments = file.Code[call.Index..Closing(file.Code, call.Index + call.Length)];
            if (!arguments.Contains("NonBacktracking", StringComparison.Ordinal) && !SaysLinear(file.Text, call.Index))
                yield return $"{file.At(call.Index)} {call.Value.TrimEnd('(')} without RegexOptions.NonBacktracking";
        }
    }

    /// <summary>A test that does not run shows nothing.</summary>
    public static IEnumerable<string> TestsThatDoNotRun(Source file) =>
        from skip in Matches(file.Code, @"\b(Skip|SkipWhen|SkipUnless|SkipType)\s*=[^=>]|\bAssert\.Skip\w*\s*\(|\bExplicit\s*=\s*true")
        select $"{file.At(skip.Index)} {skip.Value.Trim()}";

    /// <summary>Text that goes to a browser without being encoded.</summary>
    public static IEnumerable<string> RawMarkup(Source file) =>
        from raw in Matches(file.Path.EndsWith(".razor", StringComparison.Ordinal) ? file.Text : file.Code, @"\bMarkupString\b|\bHtml\.Raw\b|\bHtmlString\b")
        select $"{file.At(raw.Index)} {raw.Value}";

    /// <summary>
    /// A counter of a <c>for</c> that a component's content reads: the content is written when the loop has ended, and each time shows the last number.
    /// What <c>foreach</c> gives is each round's own.
    /// </summary>
    public static IEnumerable<string> SharedCounters(Source file) =>
        from loop in Matches(file.Text, @"@for \(")
        select $"{file.At(loop.Index)} {loop.Value.Trim()}";

    /// <summary>A note to ourselves that nobody will read: it is an issue, or it is done.</summary>
    public static IEnumerable<string> NotesToOurselves(Source file) =>
        from note in Matches(file.Text, $@"\b({"TO" + "DO"}|{"FIX" + "ME"}|{"HA" + "CK"}|{"XX" + "X"})\b")
        select $"{file.At(note.Index)} {note.Value}";

    /// <summary>Places that are somebody's own: a registry that a mirror may stand in for, a folder of one machine.</summary>
    public static IEnumerable<string> PlacesOfOneMachine(Source file) =>
        from place in Matches(file.Text, $@"\b{"nu" + "get"}\.org\b|\bregistry\.{"npm" + "js"}\.\w+|\b{"npm" + "js"}\.(org|com)\b|\bpypi\.org\b|(^|[\s""'`=(:>])/({"wo" + "rk"}|{"ro" + "ot"}|{"ho" + "me"}/\w+|{"Us" + "ers"}/\w+)/")
        select $"{file.At(place.Index)} {place.Value.Trim()}";

    static MatchCollection Matches(string text, string pattern) =>
        Regex.Matches(text, pattern, RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    /// <summary>Just behind the bracket that closes the one open before <paramref name="from"/>.</summary>
    static int Closing(string code, int from)
    {
        var depth = 1;
        while (from < code.Length && depth > 0)
        {
            depth += code[from] switch { '(' => 1, ')' => -1, _ => 0 };
            from++;
        }

        return from;
    }

    /// <summary>Whether the line, or the one before or behind it, gives the reason.</summary>
    static bool SaysLinear(string text, int index)
    {
        var lines = text.Split('\n');
        var line = text.AsSpan(0, index).Count('\n');
        return lines[Math.Max(0, line - 1)..Math.Min(lines.Length, line + 2)].Any(near => near.Contains("// linear: ", StringComparison.Ordinal));
    }
}
