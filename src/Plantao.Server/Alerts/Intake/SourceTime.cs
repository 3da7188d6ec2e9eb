namespace Plantao.Alerts.Intake;

/// <summary>Reads the instants that sources write.</summary>
/// <remarks>
/// RFC 3339 with any precision and offset, and what tools send besides: a blank for the <c>T</c>, no seconds, an offset without its
/// colon (<c>+0000</c>, in PagerDuty's own documentation), none at all (taken as UTC). Never throws, never allocates.
/// </remarks>
public static class SourceTime
{
    /// <summary>Whether the text is an instant.</summary>
    /// <param name="at">To the tick (100 ns, rounded down). <see langword="null"/> for text that means "not set": empty, or in the year 1, as Go writes its zero.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, out DateTimeOffset? at)
    {
        at = null;
        if (text.IsEmpty) return true;

        if (text.Length < 16 || text[4] != '-' || text[7] != '-' || text[10] is not ((byte)'T' or (byte)'t' or (byte)' ') || text[13] != ':') return false;
        if (!Digits(text[..4], out var year) || !Digits(text[5..7], out var month) || !Digits(text[8..10], out var day)
            || !Digits(text[11..13], out var hour) || !Digits(text[14..16], out var minute)) return false;

        var rest = text[16..];
        var second = 0;
        if (rest is [(byte)':', _, _, ..])
        {
            if (!Digits(rest[1..3], out second)) return false;
            rest = rest[3..];
        }

        if (!Fraction(ref rest, out var ticks) || !Offset(rest, out var offset)) return false;
        if (year is 0 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59) return false;
        if (year == 1) return true;

        var local = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc).Ticks + ticks - offset.Ticks;
        at = new DateTimeOffset(Math.Min(local, DateTimeOffset.MaxValue.Ticks), TimeSpan.Zero);
        return true;
    }

    /// <inheritdoc cref="TryRead(ReadOnlySpan{byte}, out DateTimeOffset?)"/>
    public static bool TryRead(string text, out DateTimeOffset? at)
    {
        at = null;
        Span<byte> ascii = stackalloc byte[64];
        return text.Length <= ascii.Length
            && System.Text.Ascii.FromUtf16(text, ascii, out var written) == System.Buffers.OperationStatus.Done
            && TryRead(ascii[..written], out at);
    }

    /// <summary>An instant written as a number: Unix seconds, or milliseconds when that many seconds would lie beyond the year 5000.</summary>
    public static bool TryRead(double number, out DateTimeOffset at)
    {
        at = default;
        var seconds = Math.Abs(number) >= 95_617_584_000 ? number / 1000 : number;
        if (!(seconds is >= 0 and < 95_617_584_000)) return false;

        at = DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        return true;
    }

    static bool Fraction(ref ReadOnlySpan<byte> rest, out long ticks)
    {
        ticks = 0;
        if (rest is not [(byte)'.' or (byte)',', ..]) return true;

        var length = rest[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (length < 0) length = rest.Length - 1;
        for (var place = 0; place < 7; place++) ticks = (ticks * 10) + (place < length ? rest[1 + place] - '0' : 0);

        rest = rest[(1 + length)..];
        return length > 0;
    }

    static bool Offset(ReadOnlySpan<byte> rest, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        if (rest.IsEmpty || rest is [(byte)'Z' or (byte)'z']) return true;
        if (rest[0] is not ((byte)'+' or (byte)'-')) return false;

        var digits = rest[1..];
        var minutes = 0;
        if (digits.Length is not (2 or 4 or 5) || !Digits(digits[..2], out var hours)) return false;
        if (digits.Length == 5 && digits[2] != ':') return false;
        if (digits.Length > 2 && !Digits(digits[^2..], out minutes)) return false;
        if (hours > 23 || minutes > 59) return false;

        offset = new TimeSpan(hours, minutes, 0);
        if (rest[0] == '-') offset = -offset;
        return true;
    }

    static bool Digits(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit((char)digit)) return false;
            number = (number * 10) + digit - '0';
        }
        return true;
    }
}
