using System.Text;
using System.Text.RegularExpressions;

namespace Plantao.Platform.Text;

/// <summary>How a matcher compares.</summary>
public enum MatchOperator { Equal, NotEqual, Matches, NotMatches }

/// <summary>One matcher as Alertmanager writes it: <c>name="value"</c>, <c>!=</c>, <c>=~</c>, <c>!~</c>. Regexes are anchored and linear-time.</summary>
/// <remarks>An absent label is the empty string; with the value <c>""</c>, <c>!=</c> and <c>!~</c> match where the label is there (specs: Alertmanager API v2, section 6).</remarks>
public sealed class Matcher
{
    /// <summary>The longest pattern, in characters.</summary>
    public const int LongestPattern = 512;

    readonly Regex? regex;

    Matcher(string name, MatchOperator op, string value, Regex? regex) => (Name, Operator, Value, this.regex) = (name, op, value, regex);

    public string Name { get; }

    public MatchOperator Operator { get; }

    public string Value { get; }

    /// <param name="value">The label's value; empty when it is absent.</param>
    public bool Matches(string value) => Operator switch
    {
        MatchOperator.Equal => value == Value,
        MatchOperator.NotEqual => value != Value,
        MatchOperator.Matches => regex!.IsMatch(value),
        MatchOperator.NotMatches => !regex!.IsMatch(value),
    };

    /// <summary>Reads one matcher.</summary>
    /// <exception cref="FormatException">Says what is wrong, in Alertmanager's words where it has them.</exception>
    public static Matcher Parse(string text) => ParseList(text) is [var one] ? one : throw new FormatException($"bad matcher format: {text}");

    /// <summary>Reads a list: separated by commas, with or without braces around, a trailing comma allowed.</summary>
    /// <exception cref="FormatException">Says what is wrong.</exception>
    public static IReadOnlyList<Matcher> ParseList(string text)
    {
        var rest = text.Trim();
        if (rest.StartsWith('{') && rest.EndsWith('}')) rest = rest[1..^1];
        var matchers = new List<Matcher>();
        var at = 0;
        while (true)
        {
            Blanks();
            if (at == rest.Length) break;
            matchers.Add(One());
            Blanks();
            if (at == rest.Length) break;
            if (rest[at] != ',') throw Bad();
            at++;
        }

        return matchers.Count > 0 ? matchers : throw Bad();

        Matcher One()
        {
            var name = rest[at] == '"' ? Quoted() : Bare();
            Blanks();
            MatchOperator op;
            if (Take("=~")) op = MatchOperator.Matches;
            else if (Take("!~")) op = MatchOperator.NotMatches;
            else if (Take("!=")) op = MatchOperator.NotEqual;
            else if (Take("=")) op = MatchOperator.Equal;
            else throw Bad();
            Blanks();
            var value = at < rest.Length && rest[at] == '"' ? Quoted() : Unquoted();
            return Of(name, op, value);
        }

        string Bare()
        {
            var from = at;
            while (at < rest.Length && (char.IsAsciiLetterOrDigit(rest[at]) || rest[at] is '_' or ':')) at++;
            return at > from && !char.IsAsciiDigit(rest[from]) ? rest[from..at] : throw Bad();
        }

        string Unquoted()
        {
            var value = new StringBuilder();
            while (at < rest.Length && rest[at] != ',')
            {
                if (rest[at] == '"') throw Bad();
                value.Append(rest[at] == '\\' ? Escape() : rest[at++]);
            }

            return value.ToString().TrimEnd();
        }

        string Quoted()
        {
            at++;
            var value = new StringBuilder();
            while (at < rest.Length && rest[at] != '"') value.Append(rest[at] == '\\' ? Escape() : rest[at++]);
            if (at == rest.Length) throw Bad();
            at++;
            return value.ToString();
        }

        string Escape()
        {
            var next = at + 1 < rest.Length ? rest[at + 1] : '\0';
            at += next is '"' or 'n' or '\\' ? 2 : 1;
            // A lone backslash is literal: patterns are full of them.
            return next switch { '"' => "\"", 'n' => "\n", '\\' => "\\", _ => "\\" };
        }

        void Blanks()
        {
            while (at < rest.Length && char.IsWhiteSpace(rest[at])) at++;
        }

        bool Take(string token)
        {
            if (!rest.AsSpan(at).StartsWith(token, StringComparison.Ordinal)) return false;
            at += token.Length;
            return true;
        }

        FormatException Bad() => new($"bad matcher format: {text}");
    }

    /// <exception cref="FormatException">The pattern is no regular expression of the linear kind, or too long.</exception>
    public static Matcher Of(string name, MatchOperator op, string value)
    {
        if (op is MatchOperator.Equal or MatchOperator.NotEqual) return new Matcher(name, op, value, null);
        if (value.Length > LongestPattern) throw new FormatException($"A pattern has at most {LongestPattern} characters.");
        try
        {
            return new Matcher(name, op, value, new Regex($"^(?:{value})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            throw new FormatException($"{value} is no regular expression that can be used here: {fault.Message}", fault);
        }
    }

    public override string ToString() => Name + (Operator switch
    {
        MatchOperator.Equal => "=",
        MatchOperator.NotEqual => "!=",
        MatchOperator.Matches => "=~",
        MatchOperator.NotMatches => "!~",
    }) + "\"" + Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
