using System.Text.Json;
using NodaTime;

namespace Plantao.OnCall;

/// <summary>When the alerts of a service are somebody's work, week after week, on the wall of a zone.</summary>
/// <remarks>The same rules as a layer's restrictions (see <see cref="Schedule"/>), so a time means the same in both. Any number of threads may ask.</remarks>
public sealed class SupportHours
{
    readonly Schedule times;
    Known? last;

    SupportHours(Schedule times) => this.times = times;

    /// <summary>Reads them.</summary>
    /// <param name="zone">A name of the tz database.</param>
    /// <param name="lines">See <see cref="Window"/>.</param>
    /// <returns><see langword="null"/>: the zone or a line cannot be read, which lint says before it is kept.</returns>
    public static SupportHours? Of(string zone, IReadOnlyList<string> lines)
    {
        List<Window> windows = [.. lines.Select(Window.Read).OfType<Window>()];
        if (windows.Count < lines.Count || windows.Count == 0 || !TimeZones.Knows(zone)) return null;
        // One imaginary person who is there whenever the hours hold: the calendar with its rules is written once.
        var layer = new Layer("hours", ["there"], new Rotation(52, TurnUnit.Weeks), TimeOnly.MinValue, null, new WallMoment(new DateOnly(1900, 1, 1)), Only: windows);
        return new(new Schedule("support hours", zone, [layer]));
    }

    /// <summary>What is wrong with the support hours of a service's canonical document.</summary>
    public static IEnumerable<(string Path, string Message)> Problems(string document)
    {
        using var parsed = JsonDocument.Parse(document);
        if (!parsed.RootElement.TryGetProperty("supportHours", out var hours)) yield break;
        if (!TimeZones.Knows(hours.GetProperty("zone").GetString()!)) yield return ("supportHours.zone", $"`{hours.GetProperty("zone").GetString()}` is not a zone of the tz database");
        var index = 0;
        foreach (var line in hours.GetProperty("times").EnumerateArray())
        {
            if (Window.Read(line.GetString()!) is null) yield return (string.Create(System.Globalization.CultureInfo.InvariantCulture, $"supportHours.times[{index}]"), $"`{line.GetString()}` is not a time of the week such as `monday-friday 09:00-18:00`");
            index++;
        }
    }

    /// <summary>Whether they hold at an instant.</summary>
    public bool Open(DateTimeOffset at)
    {
        var instant = Instant.FromDateTimeOffset(at);
        if (last is { } known && instant >= known.Span.Start && instant < known.Span.End) return known.Span.Holder is not null;
        var found = new Known(new FinalSchedule(times, []).Whole(instant));
        last = found;
        return found.Span.Holder is not null;
    }

    /// <summary>When they begin next, after an instant.</summary>
    /// <returns><see langword="null"/>: not within <see cref="WhoIsOnCall.LookAhead"/>; they always hold.</returns>
    public DateTimeOffset? NextBegin(DateTimeOffset after)
    {
        var answer = WhoIsOnCall.At(times, [], after);
        return answer.Person is null ? answer.Until : answer.Next?.Start;
    }

    sealed record Known(HeldSpan Span);
}
