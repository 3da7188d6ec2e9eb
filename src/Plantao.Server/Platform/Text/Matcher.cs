using System.Diagnostics.CodeAnalysis;
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
    Matches,

    /// <summary><c>!~</c>, anchored at both ends.</summary>
    NotMatches,
}

/// <summary>A condition on one label, as Alertmanager writes it: <c>severity=~"page|critical"</c>.</summary>
/// <remarks>
/// Specs: Alertmanager API v2, section 6. An absent label counts as the empty string.
/// Expressions run in time linear to the value, so no pattern can hold an alert up, and there is no time limit that would give another answer
/// on a busy machine. Unlike RE2's, <c>\d</c> and <c>\w</c> also take digits and letters outside ASCII.
/// </remarks>
public sealed class Matcher : IEquatable<Matcher>
{
    /// <summary>The longest pattern, in characters (failures.md I3).</summary>
    public const int LongestPattern = 512;

    readonly Regex? regex;

    Matcher(string name, MatchOperator op, string value, Regex? regex) => (Name, Operator, Value, this.regex) = (name, op, value, regex);

    /// <summary>The label.</summary>
    public string Name { get; }

    public MatchOperator Operator { get; }

    /// <summary>What it is compared with, without quotes and escapes.</summary>
    public string Value { get; }

    /// <exception cref="FormatException">There is no name, or the pattern is too long or no regular expression of the linear kind.</exception>
    public static Matcher Of(string name, MatchOperator op, string value)
    {
        if (name.Length == 0) throw new FormatException("bad matcher format: the label has no name");
        if (op is MatchOperator.Equal or MatchOperator.NotEqual) return new(name, op, value, null);
        if (value.Length > LongestPattern) throw new FormatException($"invalid regular expression: longer than {LongestPattern} characters");

        // RE2 names a group (?P<x>…), .NET (?<x>…).
        var pattern = value.Replace("(?P<", "(?<", StringComparison.Ordinal);
        try
        {
            _ = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);   // by itself first: `a)|(b` must not become right by what stands around it
            return new(name, op, value, new Regex($@"\A(?:{pattern})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));   // \z and not $, which in .NET also stands before a last line feed
        }
        catch (ArgumentException fault)
        {
            throw new FormatException($"invalid regular expression: {fault.Message}", fault);
        }
        catch (NotSupportedException fault)
        {
            throw new FormatException("invalid regular expression: lookaround, back references and very large repeats are not supported", fault);
        }
    }

    /// <summary>Reads one matcher: name, operator, value; blanks around each are allowed, and double quotes around name and value.</summary>
    /// <exception cref="FormatException">Says what is wrong, in Alertmanager's words where it has them: <c>bad matcher format: a</c>.</exception>
    public static Matcher Parse(string text)
    {
        if (Form.Match(text) is not { Success: true } parts) throw new FormatException($"bad matcher format: {text}");
        return Of(
            parts.Groups["plain"] is { Success: true } plain ? plain.Value : Unquote(parts.Groups["quoted"].Value),
            parts.Groups["op"].Value switch
            {
                "=" => MatchOperator.Equal,
                "!=" => MatchOperator.NotEqual,
                "=~" => MatchOperator.Matches,
                _ => MatchOperator.NotMatches,
            },
            Unquote(parts.Groups["value"].Value));
    }

    /// <inheritdoc cref="Parse"/>
    /// <param name="wrong">What is wrong; empty when nothing is.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out Matcher? matcher, out string wrong)
    {
        try
        {
            (matcher, wrong) = (Parse(text), "");
            return true;
        }
        catch (FormatException fault)
        {
            (matcher, wrong) = (null, fault.Message);
            return false;
        }
    }

    /// <summary>Reads a list: commas between, braces around or not, a trailing comma allowed.</summary>
    /// <exception cref="FormatException">One is wrong, or there is none: an empty list would match everything.</exception>
    public static IReadOnlyList<Matcher> ParseList(string text)
    {
        var inner = text.Trim();
        if (inner.StartsWith('{') && inner.EndsWith('}')) inner = inner[1..^1];
        IReadOnlyList<Matcher> matchers = [.. Split(inner).Select(Parse)];
        return matchers.Count > 0 ? matchers : throw new FormatException($"bad matcher format: {text}");
    }

    /// <summary>Whether these labels satisfy it.</summary>
    public bool Matches(IReadOnlyDictionary<string, string> labels) =>
        labels.TryGetValue(Name, out var value)
            // Alertmanager's exception: `x!=""` asks whether there is an x, and one that is there and empty is there.
            ? (Value.Length == 0 && Operator is (MatchOperator.NotEqual or MatchOperator.NotMatches)) || Matches(value)
            : Matches("");

    /// <param name="value">The label's value; empty when it is absent.</param>
    public bool Matches(string value) => Operator switch
    {
        MatchOperator.Equal => value == Value,
        MatchOperator.NotEqual => value != Value,
        MatchOperator.Matches => regex!.IsMatch(value),
        MatchOperator.NotMatches => !regex!.IsMatch(value),
    };

    public bool Equals(Matcher? other) => other is not null && Name == other.Name && Operator == other.Operator && Value == other.Value;

    public override bool Equals(object? obj) => Equals(obj as Matcher);

    public override int GetHashCode() => HashCode.Combine(Name, Operator, Value);

    /// <summary>The one way to write it, which <see cref="Parse"/> reads as the same: the value in quotes, no blanks.</summary>
    public override string ToString() => (ClassicName.IsMatch(Name) ? Name : Quote(Name)) + Operator switch
    {
        MatchOperator.Equal => "=",
        MatchOperator.NotEqual => "!=",
        MatchOperator.Matches => "=~",
        MatchOperator.NotMatches => "!~",
    } + Quote(Value);

    static string Quote(string value) =>
        '"' + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + '"';

    static string Unquote(string raw)
    {
        var quoted = raw.StartsWith('"');
        var inner = quoted ? raw[1..] : raw;
        var value = new StringBuilder(inner.Length);
        for (var i = 0; i < inner.Length; i++)
            switch (inner[i])
            {
                case '"' when quoted && i == inner.Length - 1:
                    return value.ToString();
                case '"':
                    throw new FormatException($"matcher value contains unescaped double quote: {raw}");
                case '\\' when i + 1 < inner.Length && inner[i + 1] is ('n' or '"' or '\\'):
                    value.Append(inner[++i] == 'n' ? '\n' : inner[i]);
                    break;
                default:   // a lone backslash is one: patterns are full of them
                    value.Append(inner[i]);
                    break;
            }
        return quoted ? throw new FormatException($"matcher value contains unescaped double quote: {raw}") : value.ToString();
    }

    /// <summary>Cuts at the commas outside quotes. What is blank after the last one is no part.</summary>
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

    static readonly Regex Form = new(
        """\A\s*(?:(?<plain>[a-zA-Z_:][a-zA-Z0-9_:]*)|(?<quoted>"(?:[^"\\]|\\.)*"))\s*(?<op>=~|=|!~|!=)\s*(?<value>(?:\S(?:.*\S)?)?)\s*\z""",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline);

    static readonly Regex ClassicName = new(@"\A[a-zA-Z_:][a-zA-Z0-9_:]*\z", RegexOptions.NonBacktracking);
}
