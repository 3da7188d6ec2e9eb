using System.Data.Common;

namespace Plantao.Platform.Storage;

/// <summary>One row of an answer, read by column number.</summary>
public readonly struct Row(DbDataReader reader)
{
    public string Text(int column) => reader.GetString(column);

    public string? TextOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public long Long(int column) => reader.GetInt64(column);

    public long? LongOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    public int Int(int column) => checked((int)reader.GetInt64(column));

    public int? IntOrNull(int column) => reader.IsDBNull(column) ? null : Int(column);

    /// <summary>Truth is stored as 0 or 1.</summary>
    public bool Flag(int column) => reader.GetInt64(column) != 0;

    public DateTimeOffset At(int column) => Instants.FromMicros(reader.GetInt64(column));

    public DateTimeOffset? AtOrNull(int column) => reader.IsDBNull(column) ? null : At(column);

    public TimeSpan Span(int column) => TimeSpan.FromMicroseconds(reader.GetInt64(column));

    public byte[] Bytes(int column) => reader.GetFieldValue<byte[]>(column);

    public byte[]? BytesOrNull(int column) => reader.IsDBNull(column) ? null : Bytes(column);

    /// <summary>A name of <typeparamref name="T"/>.</summary>
    /// <exception cref="InvalidDataException">The database holds a name that this program does not know.</exception>
    public T Name<T>(int column) where T : struct, Enum =>
        Enum.TryParse<T>(reader.GetString(column), out var value)
            ? value
            : throw new InvalidDataException($"The database holds the {typeof(T).Name} '{reader.GetString(column)}', which this program does not know. Run the version that wrote it.");

    public T? NameOrNull<T>(int column) where T : struct, Enum => reader.IsDBNull(column) ? null : Name<T>(column);

    /// <summary>How many columns there are.</summary>
    public int Count => reader.FieldCount;

    /// <summary>The value as the database gave it; <see langword="null"/> for NULL. For copies of whole tables.</summary>
    public object? Value(int column) => reader.IsDBNull(column) ? null : reader.GetValue(column);

    /// <summary>The column's name.</summary>
    public string ColumnName(int column) => reader.GetName(column);
}
