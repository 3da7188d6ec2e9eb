using System.Data.Common;
using System.Globalization;
using SQLitePCL;

namespace Plantao.Platform.Storage;

/// <summary>One row of an answer, read by column number. Good only while it is being read.</summary>
/// <remarks>
/// SQLite's rows are read straight from the statement: the layers above it cost more than the look-up itself, and most answers inside a
/// transaction are one row.
/// </remarks>
public readonly struct Row
{
    readonly DbDataReader? reader;
    readonly sqlite3_stmt? statement;

    public Row(DbDataReader reader) => this.reader = reader;

    internal Row(sqlite3_stmt statement) => this.statement = statement;

    /// <exception cref="InvalidCastException">It is NULL.</exception>
    public string Text(int column) => statement is null ? reader!.GetString(column) : raw.sqlite3_column_text(Given(column), column).utf8_to_string();

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    /// <inheritdoc cref="Text"/>
    public long Long(int column) => statement is null ? reader!.GetInt64(column) : raw.sqlite3_column_int64(Given(column), column);

    public long? LongOrNull(int column) => IsNull(column) ? null : Long(column);

    public int Int(int column) => checked((int)Long(column));

    public int? IntOrNull(int column) => IsNull(column) ? null : Int(column);

    /// <summary>Truth is stored as 0 or 1.</summary>
    public bool Flag(int column) => Long(column) != 0;

    public DateTimeOffset At(int column) => Instants.FromMicros(Long(column));

    public DateTimeOffset? AtOrNull(int column) => IsNull(column) ? null : At(column);

    public TimeSpan Span(int column) => TimeSpan.FromMicroseconds(Long(column));

    public byte[] Bytes(int column) => statement is null ? reader!.GetFieldValue<byte[]>(column) : raw.sqlite3_column_blob(Given(column), column).ToArray();

    public byte[]? BytesOrNull(int column) => IsNull(column) ? null : Bytes(column);

    /// <summary>A name of <typeparamref name="T"/>.</summary>
    /// <exception cref="InvalidDataException">The database holds a name that this program does not know.</exception>
    public T Name<T>(int column) where T : struct, Enum =>
        Text(column) is var name && Enum.TryParse<T>(name, out var value)
            ? value
            : throw new InvalidDataException($"The database holds the {typeof(T).Name} '{name}', which this program does not know. Run the version that wrote it.");

    public T? NameOrNull<T>(int column) where T : struct, Enum => IsNull(column) ? null : Name<T>(column);

    /// <summary>How many columns there are.</summary>
    public int Count => statement is null ? reader!.FieldCount : raw.sqlite3_column_count(statement);

    /// <summary>The value as the database gave it; <see langword="null"/> for NULL. For copies of whole tables.</summary>
    public object? Value(int column)
    {
        if (IsNull(column)) return null;
        if (statement is null) return reader!.GetValue(column);
        return raw.sqlite3_column_type(statement, column) switch
        {
            raw.SQLITE_INTEGER => Long(column),
            raw.SQLITE_FLOAT => raw.sqlite3_column_double(statement, column),
            raw.SQLITE_TEXT => Text(column),
            raw.SQLITE_BLOB => Bytes(column),
            var type => throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"SQLite gave a value of the type {type}, which it does not have.")),
        };
    }

    /// <summary>The column's name.</summary>
    public string ColumnName(int column) => statement is null ? reader!.GetName(column) : raw.sqlite3_column_name(statement, column).utf8_to_string();

    bool IsNull(int column) => statement is null ? reader!.IsDBNull(column) : raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;

    /// <summary>The statement, when that column holds something: SQLite itself would say 0 or nothing for NULL.</summary>
    sqlite3_stmt Given(int column) =>
        IsNull(column) ? throw new InvalidCastException($"The column {ColumnName(column)} is NULL, and a value was expected.") : statement!;
}
