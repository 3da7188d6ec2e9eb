using System.Buffers;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Plantao.Platform.Storage.Backup;

/// <summary>Writes rows as lines and digests them on the way. Memory holds one row.</summary>
sealed class RowLinesOut(Stream? to) : IDisposable
{
    readonly ArrayBufferWriter<byte> line = new(4096);
    readonly Utf8JsonWriter json = new(Stream.Null, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
    readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Rows { get; private set; }

    public void Write(Row row, IReadOnlyList<StoredColumn> columns)
    {
        line.ResetWrittenCount();
        json.Reset(line);
        json.WriteStartArray();
        for (var i = 0; i < columns.Count; i++)
        {
            switch (columns[i].Type)
            {
                case ColumnType.Long when row.LongOrNull(i) is { } number: json.WriteNumberValue(number); break;
                case ColumnType.Text when row.TextOrNull(i) is { } text: json.WriteStringValue(text); break;
                case ColumnType.Bytes when row.BytesOrNull(i) is { } bytes: json.WriteBase64StringValue(bytes); break;
                default: json.WriteNullValue(); break;
            }
        }

        json.WriteEndArray();
        json.Flush();
        line.Write("\n"u8);
        hash.AppendData(line.WrittenSpan);
        to?.Write(line.WrittenSpan);
        Rows++;
    }

    /// <summary>SHA-256 of all lines, in hex.</summary>
    public string Digest() => Convert.ToHexStringLower(hash.GetHashAndReset());

    public void Dispose()
    {
        json.Dispose();
        hash.Dispose();
    }
}

/// <summary>Reads lines back, and digests them on the way. Memory holds one row.</summary>
sealed class RowLinesIn(Stream from, ManifestTable table) : IDisposable
{
    readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    byte[] buffer = new byte[64 * 1024];
    int start;
    int end;

    public long Rows { get; private set; }

    /// <summary>Bytes of the last line: how much memory its row takes, roughly.</summary>
    public int LastSize { get; private set; }

    /// <returns>The next row; <see langword="null"/> at the end.</returns>
    /// <exception cref="InvalidDataException">The line is not a row of this table.</exception>
    public object?[]? Next()
    {
        var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
        while (length < 0)
        {
            var searched = end - start;
            if (!Fill()) return end == start ? null : throw new InvalidDataException($"{table.File} ends in the middle of row {Rows + 1}.");
            var at = buffer.AsSpan(start + searched, end - start - searched).IndexOf((byte)'\n');
            length = at < 0 ? -1 : searched + at;
        }

        var line = buffer.AsSpan(start, length);
        hash.AppendData(buffer.AsSpan(start, length + 1));
        Rows++;
        LastSize = length;
        try
        {
            return Parse(line);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"Row {Rows} of {table.File} cannot be read.", fault);
        }
        finally
        {
            start += length + 1;
        }
    }

    /// <summary>SHA-256 of all lines, in hex.</summary>
    public string Digest() => Convert.ToHexStringLower(hash.GetHashAndReset());

    public void Dispose()
    {
        hash.Dispose();
        from.Dispose();
    }

    object?[] Parse(ReadOnlySpan<byte> line)
    {
        var row = new object?[table.Columns.Count];
        var json = new Utf8JsonReader(line);
        if (!json.Read() || json.TokenType is not JsonTokenType.StartArray) throw new FormatException("A row is a JSON array.");
        for (var i = 0; i < row.Length; i++)
        {
            if (!json.Read()) throw new FormatException("The row is too short.");
            row[i] = json.TokenType is JsonTokenType.Null ? null : table.Columns[i].Type switch
            {
                ColumnType.Long => json.GetInt64(),
                ColumnType.Text => json.GetString(),
                ColumnType.Bytes => json.GetBytesFromBase64(),
            };
        }

        return json.Read() && json.TokenType is JsonTokenType.EndArray ? row : throw new FormatException("The row is too long.");
    }

    bool Fill()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        if (end == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
        var read = from.Read(buffer, end, buffer.Length - end);
        end += read;
        return read > 0;
    }
}
