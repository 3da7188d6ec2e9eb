using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Plantao.Platform.Text;

namespace Plantao.Alerts.Intake.Alertmanager;

/// <summary>Is told the parts of each alert as they are read. Implemented by structs, so that the calls are compiled away where they do nothing.</summary>
interface IAlertSink
{
    /// <summary>An alert begins; whatever was told of one that was not kept is void.</summary>
    void Begin();

    /// <summary>Labels follow. A second time in one alert: the first are void.</summary>
    void Labels();

    /// <summary>Annotations follow, likewise.</summary>
    void Annotations();

    /// <summary>The name of the next label or annotation.</summary>
    void Name(in Utf8JsonReader name);

    /// <summary>Its value: a string or null.</summary>
    void Value(in Utf8JsonReader value);

    /// <summary>The generator's URL: a string or null.</summary>
    void Link(in Utf8JsonReader link);

    /// <summary>The alert is valid.</summary>
    void Keep(AlertSpan span);
}

/// <summary>When an alert holds.</summary>
/// <param name="StartsAt"><see langword="null"/>: not said, or not before its end.</param>
readonly record struct AlertSpan(DateTimeOffset? StartsAt, DateTimeOffset EndsAt, bool EndIsAssumed, bool Resolved);

/// <summary>Counts, and keeps nothing.</summary>
struct AlertCount : IAlertSink
{
    public readonly void Begin() { }
    public readonly void Labels() { }
    public readonly void Annotations() { }
    public readonly void Name(in Utf8JsonReader name) { }
    public readonly void Value(in Utf8JsonReader value) { }
    public readonly void Link(in Utf8JsonReader link) { }
    public readonly void Keep(AlertSpan span) { }
}

/// <summary>Walks the body once, decides what is valid and what is answered. What becomes of the parts is the sink's affair.</summary>
/// <remarks>
/// Alertmanager decodes the whole body first, then checks the form of all alerts, then the meaning of each. So of several problems
/// the answer names: bad JSON, else a wrong type, else a wrong form; and only then are alerts judged one by one.
/// </remarks>
static class AlertReader
{
    /// <summary>Messages in one answer. Alertmanager has no limit; a megabyte of bad alerts should not be answered with two.</summary>
    const int Messages = 100;

    /// <summary>What Go calls the first half of an alert that it decodes.</summary>
    const string AlertType = """
        struct { Annotations models.LabelSet "json:\"annotations,omitempty\""; EndsAt strfmt.DateTime "json:\"endsAt,omitempty\""; StartsAt strfmt.DateTime "json:\"startsAt,omitempty\"" }
        """;

    internal static AlertCheck Read<TSink>(ReadOnlySpan<byte> body, IntakeContext context, ref TSink sink)
        where TSink : struct, IAlertSink
    {
        if (body.IsEmpty) return Refuse(422, 602, "alerts in body is required");
        if (UnsupportedMediaType(context.ContentType) is { } given)
            return Refuse(415, 415, $"unsupported media type {AlertmanagerAnswers.Quoted(given)}, only [application/json] are allowed");

        body = JsonText.Repair(body);
        if (body.IndexOfAnyExcept(" \t\r\n"u8) < 0) return Refuse(422, 602, "alerts in body is required");

        var reader = new Utf8JsonReader(body, JsonText.Reading);
        try
        {
            return Body(ref reader, context, ref sink);
        }
        catch (JsonException wrong)
        {
            return Unparsable(Syntax(body, wrong, reader.CurrentDepth));
        }
    }

    static AlertCheck Body<TSink>(ref Utf8JsonReader reader, IntakeContext context, ref TSink sink)
        where TSink : struct, IAlertSink
    {
        var findings = new Findings();
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) Alert(ref reader, context, ref findings, ref sink);
        }
        else if (reader.TokenType != JsonTokenType.Null)   // Go reads null as an empty list
        {
            findings.WrongType = Cannot(reader.TokenType, "value", "models.PostableAlerts");
            reader.Skip();
        }
        reader.Read();   // throws when something follows

        if (findings.WrongType is { } type) return Unparsable(type);
        if (findings.Seen > IntakeLimits.Readings)
            return Refuse(413, 413, FormattableString.Invariant($"more than {IntakeLimits.Readings} alerts in one request: nothing was kept, send them in several"));
        if (findings.WrongForm is { } form) return Refuse(422, findings.WrongFormCode, form);
        if (findings.Messages is { } messages)
        {
            if (findings.Invalid > Messages) messages.Append(CultureInfo.InvariantCulture, $"; and {findings.Invalid - Messages} more");
            return new AlertCheck(findings.Kept, AlertmanagerAnswers.Meaning(messages.ToString()), messages.ToString());
        }
        return new AlertCheck(findings.Kept, AlertmanagerAnswers.Ok, null);
    }

    /// <summary>What was found so far.</summary>
    struct Findings
    {
        internal int Seen, Kept, Invalid, WrongFormCode;
        internal string? WrongType, WrongForm;
        internal StringBuilder? Messages;

        internal void Form(int code, string message)
        {
            if (WrongForm is null) (WrongFormCode, WrongForm) = (code, message);
        }

        internal void Meaning(string message)
        {
            if (++Invalid > AlertReader.Messages) return;
            Messages = Messages is null ? new StringBuilder(message) : Messages.Append("; ").Append(message);
        }
    }

    static void Alert<TSink>(ref Utf8JsonReader reader, IntakeContext context, ref Findings findings, ref TSink sink)
        where TSink : struct, IAlertSink
    {
        var index = findings.Seen++;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            findings.WrongType ??= Cannot(reader.TokenType, "value", AlertType);
            reader.Skip();
            return;
        }

        sink.Begin();
        string? wrongFirst = null, wrongThen = null, wrongUri = null;   // Go decodes annotations and times first, then the rest
        DateTimeOffset? startsAt = null, endsAt = null;
        var (labels, annotations) = (new Pairs(), new Pairs());
        var hasLabels = false;

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals("labels"u8))
            {
                reader.Read();
                sink.Labels();
                hasLabels = reader.TokenType != JsonTokenType.Null;
                labels = ReadPairs(ref reader, ref sink, "Alert.labels", ref wrongThen);
            }
            else if (reader.ValueTextEquals("annotations"u8))
            {
                reader.Read();
                sink.Annotations();
                annotations = ReadPairs(ref reader, ref sink, ".annotations", ref wrongFirst);
            }
            else if (reader.ValueTextEquals("startsAt"u8))
            {
                reader.Read();
                startsAt = ReadTime(ref reader, ".startsAt", ref wrongFirst);
            }
            else if (reader.ValueTextEquals("endsAt"u8))
            {
                reader.Read();
                endsAt = ReadTime(ref reader, ".endsAt", ref wrongFirst);
            }
            else if (reader.ValueTextEquals("generatorURL"u8))
            {
                reader.Read();
                wrongUri = ReadUri(ref reader, ref sink, ref wrongThen);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        findings.WrongType ??= wrongFirst ?? wrongThen;
        if (wrongUri is not null) findings.Form(601, FormattableString.Invariant($"{index}.generatorURL in body must be of type uri: {wrongUri}"));
        if (!hasLabels) findings.Form(602, FormattableString.Invariant($"{index}.labels in body is required"));
        if (findings.WrongType is not null || findings.WrongForm is not null) return;

        var span = SpanOf(startsAt, endsAt, context, out var inOrder);
        var problem = !inOrder ? "start time must be before end time"
            : labels.Unnamed ? "invalid label set: invalid name \"\""
            : !labels.AnyValue ? "at least one label pair required"
            : annotations.UnnamedAtAll ? "invalid annotations: invalid name \"\""
            : null;
        if (problem is not null)
        {
            findings.Meaning(problem);
            return;
        }

        findings.Kept++;
        if (findings.Kept <= IntakeLimits.Readings) sink.Keep(span);
    }

    static AlertSpan SpanOf(DateTimeOffset? startsAt, DateTimeOffset? endsAt, IntakeContext context, out bool inOrder)
    {
        var end = endsAt ?? context.Now + context.ResolveTimeout;
        inOrder = end >= (startsAt ?? endsAt ?? context.Now);
        // An alert that says only when it will end began now, as far as anybody knows: Alertmanager would have it begin at its end.
        return new AlertSpan(startsAt, end, EndIsAssumed: endsAt is null, Resolved: end <= context.Now);
    }

    /// <summary>What matters of labels or annotations before they are built.</summary>
    /// <param name="AnyValue">One has a value. (Of a name given twice the last one that has a value counts.)</param>
    /// <param name="Unnamed">One has a value and no name.</param>
    /// <param name="UnnamedAtAll">One has no name.</param>
    readonly record struct Pairs(bool AnyValue, bool Unnamed, bool UnnamedAtAll);

    static Pairs ReadPairs<TSink>(ref Utf8JsonReader reader, ref TSink sink, string field, ref string? wrong)
        where TSink : struct, IAlertSink
    {
        bool anyValue = false, unnamed = false, unnamedAtAll = false;
        if (reader.TokenType == JsonTokenType.Null) return default;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            wrong ??= Cannot(reader.TokenType, "struct field " + field, "models.LabelSet");
            reader.Skip();
            return default;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var named = reader.ValueSpan.Length > 0;
            sink.Name(in reader);
            reader.Read();
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
            {
                wrong ??= Cannot(reader.TokenType, "struct field " + field, "string");
                reader.Skip();
                continue;
            }

            var hasValue = reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length > 0;
            anyValue |= hasValue;
            unnamed |= hasValue && !named;
            unnamedAtAll |= !named;
            sink.Value(in reader);
        }
        return new Pairs(anyValue, unnamed, unnamedAtAll);
    }

    static DateTimeOffset? ReadTime(ref Utf8JsonReader reader, string field, ref string? wrong)
    {
        const int Longest = 64 * 6;   // every character may be escaped

        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != JsonTokenType.String)
        {
            wrong ??= Cannot(reader.TokenType, "struct field " + field, "string");
            reader.Skip();
            return null;
        }

        DateTimeOffset? at = null;
        Span<byte> unescaped = stackalloc byte[Longest];
        if (reader.ValueSpan.Length <= Longest
            && SourceTime.TryRead(reader.ValueIsEscaped ? unescaped[..reader.CopyString(unescaped)] : reader.ValueSpan, out at)) return at;

        if (wrong is null)
        {
            var quoted = AlertmanagerAnswers.Quoted(TextNormaliser.Cut(reader.GetString() ?? "", 128));
            wrong = $"parsing time {quoted} as \"2006-01-02 15:04:05\": cannot parse {quoted} as \"2006\"";
        }
        return null;
    }

    /// <returns>The address, quoted, when it is none.</returns>
    static string? ReadUri<TSink>(ref Utf8JsonReader reader, ref TSink sink, ref string? wrong)
        where TSink : struct, IAlertSink
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
        {
            wrong ??= Cannot(reader.TokenType, "struct field Alert.generatorURL", "string");
            reader.Skip();
            return null;
        }

        sink.Link(in reader);
        return reader.TokenType == JsonTokenType.Null || IsUri(in reader)
            ? null
            : AlertmanagerAnswers.Quoted(TextNormaliser.Cut(reader.GetString() ?? "", IntakeLimits.Link));
    }

    static bool IsUri(in Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped) return RequestUri.IsValid(reader.ValueSpan);   // Prometheus escapes each & of its links

        var rented = reader.ValueSpan.Length > 1024 ? ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length) : null;
        Span<byte> unescaped = rented ?? stackalloc byte[1024];
        var valid = RequestUri.IsValid(unescaped[..reader.CopyString(unescaped)]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return valid;
    }

    /// <summary>The media type, when it is not JSON.</summary>
    static string? UnsupportedMediaType(string? contentType)
    {
        if (contentType is "application/json") return null;

        var type = contentType.AsSpan();
        if (type.IndexOf(';') is var parameters and >= 0) type = type[..parameters];
        type = type.Trim();
        return type.Equals("application/json", StringComparison.OrdinalIgnoreCase) ? null
            : type.IsEmpty ? "application/octet-stream"   // what Go takes for a missing header
            : TextNormaliser.Cut(type.ToString().ToLowerInvariant(), 128);
    }

    static AlertCheck Refuse(int status, int code, string message) => new(0, AlertmanagerAnswers.Form(status, code, message), message);

    static AlertCheck Unparsable(string why) => Refuse(400, 400, $"parsing alerts body from \"\" failed, because {why}");

    static string Cannot(JsonTokenType found, string where, string wanted)
    {
        var kind = found switch
        {
            JsonTokenType.StartObject => "object",
            JsonTokenType.StartArray => "array",
            JsonTokenType.String => "string",
            JsonTokenType.Number => "number",
            JsonTokenType.True or JsonTokenType.False => "bool",
            _ => "null",
        };
        return $"json: cannot unmarshal {kind} into Go {where} of type {wanted}";
    }

    /// <summary>Go's words for what is wrong with the text, as near as another parser can say.</summary>
    static string Syntax(ReadOnlySpan<byte> body, JsonException wrong, int depth)
    {
        if (depth >= JsonText.Depth) return "exceeded max depth";

        var at = 0;
        for (var line = wrong.LineNumber ?? 0; line > 0 && body[at..].IndexOf((byte)'\n') is var end and >= 0; line--) at += end + 1;
        at += (int)(wrong.BytePositionInLine ?? 0);

        if (body[Math.Min(at, body.Length)..].IndexOfAnyExcept(" \t\r\n"u8) < 0) return "unexpected EOF";
        return body[at] < ' '
            ? $"invalid character {Character(body[at])} in string literal"
            : $"invalid character {Character(body[at])} looking for beginning of value";
    }

    /// <summary>As Go's <c>%q</c> writes a byte.</summary>
    static string Character(byte next) => next switch
    {
        (byte)'\'' => "'\\''",
        (byte)'"' => "'\"'",
        _ => '\'' + AlertmanagerAnswers.Quoted(((char)next).ToString())[1..^1] + '\'',
    };
}
