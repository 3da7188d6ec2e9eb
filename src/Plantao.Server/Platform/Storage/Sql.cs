using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Plantao.Platform.Storage;

/// <summary>A piece of SQL with its parameters, written as an interpolated string: a hole is always a parameter, never text.</summary>
/// <remarks>
/// Only a hole that is itself <see cref="Sql"/> is spliced, with its own parameters; the names on <see cref="Db"/> are such pieces.
/// The same text runs on both databases: parameters are numbered <c>$1</c>, <c>$2</c> and so on.
/// </remarks>
[InterpolatedStringHandler]
public sealed class Sql
{
    readonly StringBuilder text;
    readonly List<object?> values;
    string? written;

    public Sql(int literalLength, int formattedCount)
    {
        text = new StringBuilder(literalLength + formattedCount * 3);
        values = new List<object?>(formattedCount);
    }

    /// <summary>Text that is ours and has no parameters.</summary>
    internal Sql(string own) : this(own.Length, 0) => text.Append(own);

    /// <summary>The statement.</summary>
    public string Text => written ??= text.ToString();

    /// <summary>What is bound to <c>$1</c>…, as the databases take it.</summary>
    public IReadOnlyList<object?> Values => values;

    public void AppendLiteral(string literal) => text.Append(literal);

    public void AppendFormatted(Sql piece)
    {
        if (piece.values.Count == 0)
        {
            text.Append(piece.text);
            return;
        }

        // Number the piece's parameters after ours.
        var source = piece.Text;
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i] == '$' && i + 1 < source.Length && char.IsAsciiDigit(source[i + 1]))
            {
                var end = i + 1;
                while (end < source.Length && char.IsAsciiDigit(source[end])) end++;
                var number = int.Parse(source.AsSpan(i + 1, end - i - 1), CultureInfo.InvariantCulture);
                text.Append('$').Append(number + values.Count);
                i = end - 1;
            }
            else
            {
                text.Append(source[i]);
            }
        }

        values.AddRange(piece.values);
    }

    public void AppendFormatted(string? value) => Bind(value);

    public void AppendFormatted(int value) => Bind((long)value);

    public void AppendFormatted(long value) => Bind(value);

    public void AppendFormatted(long? value) => Bind(value);

    public void AppendFormatted(int? value) => Bind(value is { } v ? (long)v : null);

    public void AppendFormatted(bool value) => Bind(value ? 1L : 0L);

    public void AppendFormatted(double value) => Bind(value);

    public void AppendFormatted(byte[]? value) => Bind(value);

    public void AppendFormatted(DateTimeOffset value) => Bind(Instants.Micros(value));

    public void AppendFormatted(DateTimeOffset? value) => Bind(value is { } at ? Instants.Micros(at) : null);

    public void AppendFormatted(TimeSpan value) => Bind(value.Ticks / TimeSpan.TicksPerMicrosecond);

    public void AppendFormatted<T>(T value) where T : struct, Enum => Bind(value.ToString());

    public void AppendFormatted<T>(T? value) where T : struct, Enum => Bind(value?.ToString());

    /// <summary>A list, for <see cref="Db.In(IReadOnlyList{string})"/> and its like.</summary>
    internal void AppendList(Array list) => Bind(list);

    void Bind(object? value)
    {
        values.Add(value);
        text.Append('$').Append(values.Count);
    }

    /// <inheritdoc cref="Sql(string)"/>
    internal static Sql Own(string own) => new(own);
}

/// <summary>Instants are stored as whole microseconds since 1970 (UTC).</summary>
public static class Instants
{
    /// <summary>Microseconds since 1970, rounded down.</summary>
    public static long Micros(DateTimeOffset at) => (at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>The instant of so many microseconds since 1970.</summary>
    public static DateTimeOffset FromMicros(long micros) => DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);

    /// <summary>Without what the databases cannot keep: rounded down to whole microseconds, in UTC.</summary>
    public static DateTimeOffset Stored(this DateTimeOffset at) => FromMicros(Micros(at));
}
