using System.Globalization;
using System.Text;

namespace Plantao.Platform.Text;

/// <summary>A length of time as people write it: <c>90s</c>, <c>5m</c>, <c>1h30m</c>, <c>7d</c>.</summary>
public static class SpanText
{
    static readonly (char Unit, long Seconds)[] Units = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

    /// <summary>Reads whole numbers with the units d, h, m, s, in this order, each at most once, without blanks.</summary>
    /// <returns><see langword="null"/> when it is none, or longer than 10,000 days.</returns>
    public static TimeSpan? Parse(string text)
    {
        var (total, next, at) = (0L, 0, 0);
        while (at < text.Length)
        {
            var end = at;
            while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
            if (end == text.Length || end - at is < 1 or > 9) return null;
            var unit = Array.FindIndex(Units, next, known => known.Unit == text[end]);
            if (unit < 0) return null;
            total += long.Parse(text.AsSpan(at, end - at), NumberStyles.None, CultureInfo.InvariantCulture) * Units[unit].Seconds;
            (next, at) = (unit + 1, end + 1);
        }
        return text.Length > 0 && total <= 10_000L * 86_400 ? TimeSpan.FromSeconds(total) : null;
    }

    /// <summary>The one way to write a span: <c>90s</c> becomes <c>1m30s</c>. Parts of a second are cut off.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span is negative.</exception>
    public static string Write(TimeSpan span)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(span, TimeSpan.Zero);
        var left = (long)span.TotalSeconds;
        var text = new StringBuilder();
        foreach (var (unit, seconds) in Units)
        {
            if (left >= seconds) text.Append(CultureInfo.InvariantCulture, $"{left / seconds}{unit}");
            left %= seconds;
        }
        return text.Length > 0 ? text.ToString() : "0s";
    }
}
