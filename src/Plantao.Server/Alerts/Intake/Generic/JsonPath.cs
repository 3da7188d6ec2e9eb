using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Plantao.Alerts.Intake.Generic;

/// <summary>Where in a body something stands: <c>data.host.name</c>, <c>tags[0]</c>, <c>labels["app.kubernetes.io/name"]</c>.</summary>
/// <remarks>
/// A path that begins with <c>$</c> starts at the top of the body, any other at the item (which is the body where a message is one item).
/// There are no wildcards, filters or scripts. At most 16 steps.
/// </remarks>
public sealed class JsonPath : IEquatable<JsonPath>
{
    const int LongestText = 256;
    const int MostSteps = 16;

    readonly IReadOnlyList<Step> steps;

    JsonPath(string text, bool fromTop, IReadOnlyList<Step> steps) => (Text, FromTop, this.steps) = (text, fromTop, steps);

    /// <param name="Name"><see langword="null"/> for a place in an array.</param>
    readonly record struct Step(string? Name, int Place);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Whether it starts at the top of the body whatever the item.</summary>
    public bool FromTop { get; }

    /// <exception cref="FormatException">It is not a path; the message says where it goes wrong.</exception>
    public static JsonPath Parse(string text) => TryParse(text, out var path, out var wrong) ? path : throw new FormatException(wrong);

    /// <param name="wrong">Where it goes wrong; a sentence.</param>
    public static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out JsonPath? path, out string wrong)
    {
        path = null;
        wrong = $"{text} is not a path such as $.event.id, data.host.name or tags[0].";
        if (text.Length is 0 or > LongestText) return false;

        var read = new List<Step>();
        var at = text[0] == '$' ? 1 : 0;
        var name = at == 0;   // without a $ the first step is a bare name
        while (at < text.Length || name)
        {
            if (!name && text[at] == '.')
            {
                name = true;
                at++;
            }
            else if (name)
            {
                var end = text.AsSpan(at).IndexOfAny('.', '[');
                var step = end < 0 ? text[at..] : text.Substring(at, end);
                if (step.Length == 0 || step.AsSpan().IndexOfAny("]\"$ ") >= 0) return false;
                read.Add(new Step(step, 0));
                at += step.Length;
                name = false;
            }
            else if (text[at] != '[' || Bracket(text, ref at) is not { } inside) return false;
            else read.Add(inside);
        }
        if (read.Count > MostSteps) return false;

        path = new JsonPath(text, text[0] == '$', read);
        return true;
    }

    static Step? Bracket(string text, ref int at)
    {
        if (at + 1 < text.Length && text[at + 1] == '"')
        {
            var name = new StringBuilder();
            for (var next = at + 2; next < text.Length; next++)
            {
                if (text[next] == '\\' && next + 1 < text.Length) name.Append(text[++next]);
                else if (text[next] != '"') name.Append(text[next]);
                else if (next + 1 < text.Length && text[next + 1] == ']')
                {
                    at = next + 2;
                    return new Step(name.ToString(), 0);
                }
                else return null;
            }
            return null;
        }

        var end = text.IndexOf(']', at);
        if (end < 0 || !int.TryParse(text.AsSpan((at + 1)..end), NumberStyles.None, CultureInfo.InvariantCulture, out var place)) return null;
        at = end + 1;
        return new Step(null, place);
    }

    /// <summary>What stands there; <see langword="null"/> when nothing or null does.</summary>
    public JsonElement? In(JsonElement top, JsonElement item)
    {
        var here = FromTop ? top : item;
        foreach (var step in steps)
        {
            if (step.Name is { } name)
            {
                if (here.ValueKind != JsonValueKind.Object || !here.TryGetProperty(name, out here)) return null;
            }
            else
            {
                if (here.ValueKind != JsonValueKind.Array || step.Place >= here.GetArrayLength()) return null;
                here = here[step.Place];
            }
        }
        return here.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined ? null : here;
    }

    public bool Equals(JsonPath? other) => other is not null && Text == other.Text;

    public override bool Equals(object? obj) => Equals(obj as JsonPath);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;
}
