using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Plantao.Platform.Text;

namespace Plantao.Alerts.Intake;

/// <summary>The bytes of what is sent back.</summary>
static class Answers
{
    /// <summary>For the formats whose senders look at the status alone.</summary>
    internal static IntakeAnswer Accepted { get; } = Json(202, json => json.WriteString("status", "accepted"));

    /// <summary>A refusal in our own words (RFC 9457), with the problem type <c>/problems/{code}</c>.</summary>
    internal static IntakeAnswer Problem(int status, string code, string title, string detail) => new(status, "application/problem+json", Write(json =>
    {
        json.WriteString("type", "/problems/" + code);
        json.WriteString("title", title);
        json.WriteNumber("status", status);
        json.WriteString("detail", detail);
    }));

    /// <summary>Nothing was taken, because of the body.</summary>
    internal static Taken Refuse(string detail) => Refuse(400, detail);

    internal static Taken Refuse(int status, string detail)
    {
        detail = TextNormaliser.Line(detail, 2_000);   // names of members in it are the sender's
        return Taken.Nothing(Problem(status, "intake-body", "The body was refused", detail), detail);
    }

    internal static Taken TooMany() => Refuse(413, FormattableString.Invariant($"More than {IntakeLimits.Readings} alerts in one message; nothing was kept. Send them in several."));

    internal static IntakeAnswer Json(int status, Action<Utf8JsonWriter> members) => new(status, "application/json", Write(members));

    static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> members)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(bytes, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });   // no page shows it as HTML
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
        json.Flush();
        return bytes.WrittenMemory;
    }
}
