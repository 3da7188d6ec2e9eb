using System.Text;
using System.Text.RegularExpressions;

namespace Plantao.Platform.Text;

/// <summary>How a matcher compares.</summary>
public enum MatchOperator
{
    /// <summary><c>=</c></summary>
    Equal,

    /// <summary><c>!=</c></summary>
    NotEqual,

    /// <summary><c>=~</c>, anchored at both ends.</summary>
    Regex,

    /// <summary><c>!~</c>, anchored at both ends.</summary>
    NotRegex,
}

/// <summary>A condition on one label, in the syntax of Alertmanager: <c>severity=~"page|critical"</c>.</summary>
/// <remarks>
/// Alertmanager's API v2 and its <c>pkg/labels</c> (specs: section 6, matchers). An absent label counts as the empty string.
/// Expressions run in time linear to the value, so no pattern can hold an alert up: there is no time limit that would give another answer
/// on a busy machine. Unlike RE2, <c>\d</c> and <c>\w</c> also take digits and letters outside ASCII.
/// </remarks>
public sealed class Matcher : IEquatable<Matcher>
{
    /// <summary>The longest expression, in characters (failures.md I3).</summary>
    public const int LongestExpression = 512;

    readonly Regex? expression;

    Matcher(string name, MatchOperator op, string value, Regex? expression) => (Name, Operator, Value, this.expression) = (name, op, value, expression);

    /// <summary>The label.</summary>
    public string Name { get; }

    public MatchOperator Operator { get; }

    /// <summary>What it is compared with, without quotes and escapes.</summary>
    public string Value { get; }

    /// <summary>Makes one from its parts. Refused (<c>bad-matcher</c>, 400) without a name, or with an expression that is too long, wrong, or not linear.</summary>
    public static Ruling<Matcher> Of(string name, MatchOperator op, string value)
    {
        if (name.Length == 0) return Bad("bad matcher format: the label has no name");
        if (op is MatchOperator.Equal or MatchOperator.NotEqual) return new Matcher(name, op, value, null);
        if (value.Length > LongestExpression) return Bad($"invalid regular expression: longer than {LongestExpression} characters");

        try
        {
            // RE2 names a group (?P<x>…), .NET (?<x>…). \z and not $: .NET's $ also stands before a last line feed.
            var pattern = value.Replace("(?P<", "(?<", StringComparison.Ordinal);
            _ = new Regex(pattern, Linear);   // on its own first: `a)|(b` must not become right by what stands around it
            return new Matcher(name, op, value, new Regex($@"\A(?:{pattern})\z", Linear));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return Bad($"invalid regular expression: {(e is NotSupportedException ? "lookaround, back references and very large repeats are not supported" : e.Message)}");
        }
    }

    const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    /// <summary>Reads one matcher: <c>name op value</c>, blanks around each allowed, value and name in double quotes or not.</summary>
    /// <returns>Refused (<c>bad-matcher</c>, 400) with Alertmanager's words, such as <c>bad matcher format: a</c>.</returns>
    public static Ruling<Matcher> Parse(string text)
    {
        if (Form.Match(text) is not { Success: true } parts) return Bad($"bad matcher format: {text}");

        var name = parts.Groups["plain"] is { Success: true } plain ? plain.Value : Unquote(parts.Groups["quoted"].Value);
        var raw = parts.Groups["value"].Value;
        if (name is null || Unquote(raw) is not { } value) return Bad($"matcher value contains unescaped double quote: {raw}");
        return Of(name, parts.Groups["op"].Value switch
        {
            "=" => MatchOperator.Equal,
            "!=" => MatchOperator.NotEqual,
            "=~" => MatchOperator.Regex,
            _ => MatchOperator.NotRegex,
        }, value);
    }

    /// <summary>Reads a list: commas between, optional braces around, a trailing comma allowed; <c>{}</c> is the empty list.</summary>
    public static Ruling<IReadOnlyList<Matcher>> ParseList(string text)
    {
        var inner = text.Trim();
        if (inner.StartsWith('{')) inner = inner[1..];
        if (inner.EndsWith('}')) inner = inner[..^1];

        List<Matcher> found = [];
        foreach (var part in Split(inner))
        {
            var one = Parse(part);
            if (!one.Allowed) return one.Refusal;
            found.Add(one.Value);
        }
        return found;
    }

    /// <summary>Whether these labels satisfy it.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        var present = labels.TryGetValue(Name, out var value);

        // Alertmanager's exception: `x!=""` asks whether there is an x, and an x that is there but empty is there.
        return present && Value.Length == 0 && Operator is (MatchOperator.NotEqual or MatchOperator.NotRegex) || Matches(value ?? "");
    }

    /// <summary>Whether a label of this value satisfies it; the empty string for an absent one.</summary>
    public bool Matches(string value) => Operator switch
    {
        MatchOperator.Equal => string.Equals(value, Value, StringComparison.Ordinal),
        MatchOperator.NotEqual => !string.Equals(value, Value, StringComparison.Ordinal),
        MatchOperator.Regex => expression!.IsMatch(value),
        MatchOperator.NotRegex => !expression!.IsMatch(value),
    };

    public bool Equals(Matcher? other) => other is not null && Name == other.Name && Operator == other.Operator && Value == other.Value;

    public override bool Equals(object? obj) => Equals(obj as Matcher);

    public override int GetHashCode() => HashCode.Combine(Name, Operator, Value);

    /// <summary>The one way to write it, which <see cref="Parse"/> reads as the same: the value in quotes, no blanks.</summary>
    public override string ToString() => (ClassicName.IsMatch(Name) ? Name : Quote(Name)) + Operator switch
    {
        MatchOperator.Equal => "=",
        MatchOperator.NotEqual => "!=",
        MatchOperator.Regex => "=~",
        MatchOperator.NotRegex => "!~",
    } + Quote(Value);

    static string Quote(string value) =>
        '"' + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + '"';

    /// <returns><see langword="null"/> when a double quote stands where none may.</returns>
    static string? Unquote(string raw)
    {
        var quoted = raw.StartsWith('"');
        var inner = quoted ? raw[1..] : raw;
        var value = new StringBuilder(inner.Length);
        for (var i = 0; i < inner.Length; i++)
            switch (inner[i])
            {
                case '"':
                    return quoted && i == inner.Length - 1 ? value.ToString() : null;
                case '\\' when i + 1 < inner.Length && inner[i + 1] is 'n' or '"' or '\\':
                    value.Append(inner[++i] == 'n' ? '\n' : inner[i]);
                    break;
                default:   // a lone backslash is a backslash
                    value.Append(inner[i]);
                    break;
            }
        return quoted ? null : value.ToString();
    }

    static IEnumerable<string> Split(string list)
    {
        var (from, inQuotes) = (0, false);
        for (var i = 0; i < list.Length; i++)
            switch (list[i])
            {
                case '\\':
                    i++;
                    break;
                case '"':
                    inQuotes = !inQuotes;
                    break;
                case ',' when !inQuotes:
                    yield return list[from..i];
                    from = i + 1;
                    break;
            }
        if (list[from..] is var last && !string.IsNullOrWhiteSpace(last)) yield return last;
    }

    static Refusal Bad(string message) => new("bad-matcher", message, 400);

    static readonly Regex Form = new(
        """\A\s*(?:(?<plain>[a-zA-Z_:][a-zA-Z0-9_:]*)|(?<quoted>"(?:[^"\\]|\\.)*"))\s*(?<op>=~|!=|!~|=)\s*(?<value>(?:\S(?:.*\S)?)?)\s*\z""",
        Linear | RegexOptions.Singleline);

    static readonly Regex ClassicName = new(@"\A[a-zA-Z_:][a-zA-Z0-9_:]*\z", Linear);
}
