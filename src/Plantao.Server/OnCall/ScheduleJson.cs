using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Plantao.OnCall;

/// <summary>What a document says.</summary>
/// <param name="Schedule"><see langword="null"/> when there is a problem.</param>
/// <param name="Problems">All that were found, with the <see cref="Schedule.Problems"/> of what could be read.</param>
public sealed record ScheduleReading(Schedule? Schedule, IReadOnlyList<ScheduleProblem> Problems);

/// <summary>A schedule as a document that people write by hand. YAML definitions are turned into it.</summary>
/// <remarks>
/// <code>
/// {
///   "name": "checkout",                         // may be left out
///   "title": "Checkout, first",                 // may be left out, as the team: neither changes who is on call
///   "team": "payments",
///   "zone": "America/Sao_Paulo",
///   "layers": [{
///     "name": "primary",                        // left out: layer 1, layer 2, …
///     "people": ["ana", "bruno"],
///     "rotation": "weekly",                     // or daily, 12h, 3d, 2w, PT12H, P3D, P2W; left out: weekly
///     "handoff": "monday 09:00",                // the weekday for weeks only; left out: 09:00
///     "start": "2026-01-05",                    // or 2026-01-05T09:00; a date alone is at the handoff time
///     "end": "2026-12-31T18:00",                // may be left out
///     "turnsFrom": "2026-01-05",                // may be left out
///     "only": ["monday-friday 09:00-18:00"]     // may be left out; see Window
///   }]
/// }
/// </code>
/// Strict: an unknown or repeated member is a problem. Comments and trailing commas are allowed.
/// </remarks>
public static class ScheduleJson
{
    static readonly TimeOnly UsualHandoff = new(9, 0);
    static readonly JsonDocumentOptions Reading = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 8, AllowDuplicateProperties = false };
    static readonly JsonSerializerOptions Writing = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };   // names keep their accents; never put into HTML as it is

    /// <summary>Reads a document. Never throws for what it says.</summary>
    public static ScheduleReading Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Reading);
            return Read(document.RootElement);
        }
        catch (JsonException e)
        {
            return new(null, [new("", $"The document is not JSON: {e.Message}")]);
        }
    }

    /// <summary>As <see cref="Read(string)"/>, for a document that is part of another.</summary>
    public static ScheduleReading Read(JsonElement document)
    {
        List<ScheduleProblem> problems = [];
        var root = new Members(document, "", problems, "name", "title", "team", "zone", "layers");
        var name = root.Text("name") ?? "";
        var zone = root.Needed("zone", "a time zone such as America/Sao_Paulo");
        var layers = root.List("layers", needed: true)?.Select((layer, i) => ReadLayer(layer, i, problems)).ToList();

        if (zone is null || layers is null || layers.Contains(null)) return new(null, problems);
        var schedule = new Schedule(name, zone, layers!);
        problems.AddRange(schedule.Problems());
        return new(problems.Count == 0 ? schedule : null, problems);
    }

    /// <summary>Writes the document that <see cref="Read(string)"/> reads as the same schedule. Indented; the same schedule gives the same text.</summary>
    public static string Write(Schedule schedule)
    {
        var document = new JsonObject();
        if (schedule.Name.Length > 0) document["name"] = schedule.Name;
        document["zone"] = schedule.Zone;
        document["layers"] = new JsonArray([.. schedule.Layers.Select(WriteLayer)]);
        return document.ToJsonString(Writing);
    }

    static Layer? ReadLayer(JsonElement document, int index, List<ScheduleProblem> problems)
    {
        var layer = new Members(document, $"layers[{index}]", problems, "name", "people", "rotation", "handoff", "start", "end", "turnsFrom", "only");
        var found = problems.Count;
        var name = layer.Text("name") ?? string.Create(CultureInfo.InvariantCulture, $"layer {index + 1}");
        var people = layer.Texts("people", needed: true);
        var rotation = layer.Read("rotation", ReadRotation, "is not a rotation. Write daily, weekly, or a length such as 12h, 3d or 2w.") ?? Rotation.Weekly;
        var handoff = layer.Read("handoff", ReadHandoff, "is not a handoff. Write a time such as 09:00, for weeks with a weekday before it: monday 09:00.") ?? (null, UsualHandoff);
        var start = layer.Needed("start", "the date of the first turn such as 2026-01-05") is null ? null
            : layer.Read("start", ReadMoment, "is not a date. Write 2026-01-05, or with a time 2026-01-05T09:00.");
        var end = layer.Read("end", ReadMoment, "is not a date. Write 2026-01-05, or with a time 2026-01-05T09:00.");
        var turnsFrom = layer.Read("turnsFrom", ReadDate, "is not a date. Write it as 2026-01-05.");
        var only = layer.Texts("only", needed: false)?
            .Select((text, i) => (Text: text, Window: Window.Read(text), Path: $"layers[{index}].only[{i}]")).ToList();

        foreach (var (text, _, path) in (only ?? []).Where(line => line.Window is null))
            problems.Add(new(path, $"'{text}' is not a window. Write 22:00-06:00, monday-friday 09:00-18:00, saturday,sunday, or friday 18:00 - monday 09:00."));

        return problems.Count > found || start is null || people is null ? null
            : new(name, people, rotation, handoff.Time, handoff.Day, start.Value, end, only is { Count: > 0 } ? [.. only.Select(line => line.Window!)] : null, turnsFrom);
    }

    static JsonObject WriteLayer(Layer layer)
    {
        var document = new JsonObject
        {
            ["name"] = layer.Name,
            ["people"] = new JsonArray([.. layer.People.Select(person => (JsonNode)person)]),
            ["rotation"] = Text(layer.Rotation),
            ["handoff"] = layer.HandoffDay is { } day ? $"{Clock.Text(day)} {Clock.Text(layer.HandoffTime)}" : Clock.Text(layer.HandoffTime),
            ["start"] = Text(layer.Start),
        };
        if (layer.End is { } end) document["end"] = Text(end);
        if (layer.TurnsFrom is { } first) document["turnsFrom"] = Text(new WallMoment(first));
        if (layer.Only is { Count: > 0 } only) document["only"] = new JsonArray([.. only.Select(window => (JsonNode)window.ToString())]);
        return document;
    }

    static Rotation? ReadRotation(string text) => text switch
    {
        "daily" => Rotation.Daily,
        "weekly" => Rotation.Weekly,
        ['P', 'T', .. var count, 'H'] => Length(count, TurnUnit.Hours),
        ['P', .. var count, 'D'] => Length(count, TurnUnit.Days),
        ['P', .. var count, 'W'] => Length(count, TurnUnit.Weeks),
        [.. var count, 'h'] => Length(count, TurnUnit.Hours),
        [.. var count, 'd'] => Length(count, TurnUnit.Days),
        [.. var count, 'w'] => Length(count, TurnUnit.Weeks),
        _ => null,
    };

    static Rotation? Length(string count, TurnUnit unit) =>
        int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? new(number, unit) : null;

    static string Text(Rotation rotation) =>
        rotation == Rotation.Daily ? "daily"
        : rotation == Rotation.Weekly ? "weekly"
        : string.Create(CultureInfo.InvariantCulture, $"{rotation.Count}{rotation.Unit switch { TurnUnit.Hours => 'h', TurnUnit.Days => 'd', TurnUnit.Weeks => 'w' }}");

    static (DayOfWeek? Day, TimeOnly Time)? ReadHandoff(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
    {
        [var time] when Clock.Time(time) is { } at => (null, at),
        [var weekday, var time] when Clock.Day(weekday) is { } day && Clock.Time(time) is { } at => (day, at),
        _ => null,
    };

    static WallMoment? ReadMoment(string text) => text.Split('T', ' ') switch
    {
        [var date] when ReadDate(date) is { } day => new(day),
        [var date, var time] when ReadDate(date) is { } day && Clock.Time(time) is { } at => new(day, at),
        _ => null,
    };

    static DateOnly? ReadDate(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;

    static string Text(WallMoment moment)
    {
        var date = moment.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return moment.Time is { } time ? $"{date}T{Clock.Text(time)}" : date;
    }

    /// <summary>The members of one object; what is wrong with them goes to the list of problems.</summary>
    sealed class Members
    {
        readonly JsonElement document;
        readonly string path;
        readonly List<ScheduleProblem> problems;

        public Members(JsonElement document, string path, List<ScheduleProblem> problems, params string[] known)
        {
            (this.document, this.path, this.problems) = (document, path, problems);
            if (document.ValueKind != JsonValueKind.Object)
            {
                problems.Add(new(path, "Write an object with the members " + string.Join(", ", known) + "."));
                return;
            }
            HashSet<string> seen = new(StringComparer.Ordinal);
            foreach (var member in document.EnumerateObject())
                if (!known.Contains(member.Name)) problems.Add(new(At(member.Name), $"'{member.Name}' is not known here. Known are {string.Join(", ", known)}."));
                else if (!seen.Add(member.Name)) problems.Add(new(At(member.Name), $"'{member.Name}' is written twice."));
        }

        string At(string name) => path.Length == 0 ? name : $"{path}.{name}";

        JsonElement? Find(string name) =>
            document.ValueKind == JsonValueKind.Object && document.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

        public string? Text(string name)
        {
            if (Find(name) is not { } value) return null;
            if (value.ValueKind == JsonValueKind.String) return value.GetString();
            problems.Add(new(At(name), "Write a text in quotes."));
            return null;
        }

        public string? Needed(string name, string what)
        {
            if (document.ValueKind == JsonValueKind.Object && Find(name) is null) problems.Add(new(At(name), $"'{name}' is missing. Write {what}."));
            return Find(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : Text(name);
        }

        public T? Read<T>(string name, Func<string, T?> read, string otherwise) where T : struct
        {
            if (Find(name) is null) return null;
            if (Text(name) is not { } text) return null;
            if (read(text) is { } value) return value;
            problems.Add(new(At(name), $"'{text}' {otherwise}"));
            return null;
        }

        public List<JsonElement>? List(string name, bool needed)
        {
            if (Find(name) is not { } value)
            {
                if (needed && document.ValueKind == JsonValueKind.Object) problems.Add(new(At(name), $"'{name}' is missing. Write a list; it may be empty."));
                return null;
            }
            if (value.ValueKind == JsonValueKind.Array) return [.. value.EnumerateArray()];
            problems.Add(new(At(name), "Write a list in brackets."));
            return null;
        }

        public List<string>? Texts(string name, bool needed)
        {
            if (List(name, needed) is not { } list) return null;
            for (var i = 0; i < list.Count; i++)
                if (list[i].ValueKind != JsonValueKind.String) problems.Add(new($"{At(name)}[{i}]", "Write a text in quotes."));
            return [.. list.Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : "")];
        }
    }
}
