using System.Text.Json;
using Plantao.Platform.Text;

namespace Plantao.Alerts.Intake.Alertmanager;

/// <summary>The message about a group of alerts that Alertmanager invented and Grafana took over.</summary>
static class GroupMessage
{
    /// <param name="version">The <c>version</c> that the dialect has: it tells the two apart.</param>
    /// <param name="other">Where a message of another version belongs; a sentence.</param>
    /// <param name="finish">What the dialect adds to the reading of an alert.</param>
    internal static Taken Take(ReadOnlySpan<byte> body, string version, string other, Func<JsonElement, Reading, Reading> finish)
    {
        if (!JsonText.TryParse(body, out var document, out var problem)) return Answers.Refuse(problem);

        using (document)
        {
            var message = document.RootElement;
            if (message.ValueKind != JsonValueKind.Object) return Answers.Refuse("The body must be an object.");
            if (message.Text("version") != version) return Answers.Refuse($"version must be \"{version}\". {other}");
            if (message.Member("alerts") is not { ValueKind: JsonValueKind.Array } alerts) return Answers.Refuse("alerts must be an array.");
            if (alerts.GetArrayLength() > IntakeLimits.Readings) return Answers.TooMany();

            var groupKey = message.Text("groupKey") is { Length: > 0 } key ? TextNormaliser.Key(key) : null;
            var readings = new List<Reading>(alerts.GetArrayLength());
            foreach (var alert in alerts.EnumerateArray())
            {
                if (Read(alert, groupKey, FormattableString.Invariant($"alerts[{readings.Count}]"), out var wrong) is not { } reading) return Answers.Refuse(wrong);
                readings.Add(finish(alert, reading));
            }

            var isOver = message.Text("status") == "resolved" && readings.TrueForAll(reading => reading.Kind == ReadingKind.Resolved);
            return new Taken(readings, Answers.Accepted, ResolvesGroup: isOver ? groupKey : null);
        }
    }

    static Reading? Read(JsonElement alert, string? groupKey, string path, out string wrong)
    {
        wrong = "";
        if (alert.ValueKind != JsonValueKind.Object) return Wrong($"{path} must be an object.", out wrong);
        if (alert.Text("status") is not ("firing" or "resolved")) return Wrong($"{path}.status must be firing or resolved.", out wrong);
        if (!IsPairs(alert.Member("labels"))) return Wrong($"{path}.labels must be an object of strings.", out wrong);
        if (!IsPairs(alert.Member("annotations"))) return Wrong($"{path}.annotations must be an object of strings.", out wrong);
        if (!SourceTime.TryRead(alert.Text("startsAt") ?? "", out var startsAt)) return Wrong($"{path}.startsAt must be an RFC 3339 time.", out wrong);
        if (!SourceTime.TryRead(alert.Text("endsAt") ?? "", out var endsAt)) return Wrong($"{path}.endsAt must be an RFC 3339 time.", out wrong);

        var given = alert.Member("labels");
        var labels = LabelSet.Labels(given.Pairs());
        var resolved = alert.Text("status") == "resolved";
        return AlertWords.Reading(
            resolved ? ReadingKind.Resolved : ReadingKind.Firing,
            alert.Text("fingerprint") is { Length: > 0 } fingerprint ? TextNormaliser.Key(fingerprint) : Fingerprint.Of(Last(given.Pairs(int.MaxValue))),
            labels,
            LabelSet.Annotations(alert.Member("annotations").Pairs()),
            sourceAt: resolved ? endsAt ?? startsAt : startsAt,
            endsAt: null,   // who sends these says when it is over
            alert.Text("generatorURL")) with
        { GroupKey = groupKey };
    }

    static Reading? Wrong(string sentence, out string wrong)
    {
        wrong = sentence;
        return null;
    }

    static IEnumerable<KeyValuePair<string, string>> Last(List<KeyValuePair<string, string>> pairs) =>
        pairs.GroupBy(pair => pair.Key, StringComparer.Ordinal).Select(same => same.Last());

    static bool IsPairs(JsonElement? pairs) => pairs is not { } given
        || (given.ValueKind == JsonValueKind.Object
            && given.EnumerateObject().All(pair => pair.Value.ValueKind is JsonValueKind.String or JsonValueKind.Null));
}
