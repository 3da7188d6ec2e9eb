using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Plantao.Client;
using Plantao.OnCall.Pages;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;
using Plantao.Platform.Web;

namespace Plantao.OnCall;

/// <summary>Somebody's own shifts on every schedule, as a calendar reads them.</summary>
sealed class CalendarDesk(OnCallStore store, PublicAddress address, TimeProvider clock)
{
    static readonly TimeSpan Back = TimeSpan.FromDays(14), Ahead = TimeSpan.FromDays(90);

    /// <summary>A shift that touches the span is shown whole where it is no longer than this.</summary>
    static readonly TimeSpan Whole = TimeSpan.FromDays(35);

    /// <summary>So many readings of one address a minute. A calendar reads a few times an hour.</summary>
    const int PerMinute = 30;

    readonly ConcurrentDictionary<string, (long Minute, int Count)> reads = new(StringComparer.Ordinal);

    /// <summary>Whether this address is read too often. In memory of this node: it guards the node's work, and decides nothing else.</summary>
    public bool TooOften(string userId)
    {
        var minute = clock.GetUtcNow().ToUnixTimeSeconds() / 60;
        return reads.AddOrUpdate(userId, _ => (minute, 1), (_, seen) => seen.Minute == minute ? (minute, seen.Count + 1) : (minute, 1)).Count > PerMinute;
    }

    public async Task<IReadOnlyList<CalendarEvent>> Events(User user, DateTimeOffset now, CancellationToken ct)
    {
        // From midnight to midnight: what is read twice on one day is the same.
        var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        var (from, until) = (today - Back, today + Ahead);
        var (first, last) = (from - Whole, until + Whole);
        var here = await address.Get(ct);
        var events = new List<CalendarEvent>();
        foreach (var schedule in await store.All(ct))
        {
            if (schedule.Schedule.Problems().Count > 0) continue;
            var name = schedule.Schedule.Name;
            var overrides = await store.Overrides(name, first, last, ct);
            foreach (var shift in WhoIsOnCall.Shifts(schedule.Schedule, overrides, first, last).Where(s => s.Person == user.Name && s.End > from && s.Start < until))
            {
                // One that began long ago is cut, at an instant that moves from day to day: its id does not say when.
                var begin = shift.Start == first ? "open" : shift.Start.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
                events.Add(new($"{name}-{begin}-{user.Id}@plantao", shift.Start, shift.End, Say(user, "calendar.shift", schedule.Title), Say(user, shift.Source), $"{here}/on-call/{Uri.EscapeDataString(name)}"));
            }
        }

        return [.. events.OrderBy(e => e.Start).ThenBy(e => e.Id, StringComparer.Ordinal)];
    }

    public async Task<string> Address(string secret, CancellationToken ct) => $"{await address.Get(ct)}/calendar/{secret}.ics";

    static string Say(User user, ShiftSource source) => source switch
    {
        ShiftSource.Turn turn => Say(user, "calendar.turn", turn.Layer),
        ShiftSource.PutIn => Say(user, "calendar.put-in"),
        _ => throw new ArgumentOutOfRangeException(nameof(source)),
    };

    internal static string Say(User user, string key, params IReadOnlyList<string> values) => OnCallTexts.All.Read(user.Language, OnCallTexts.All.Keep(key, values));
}

/// <summary>The calendar itself, for whoever holds its address, and one's own address: made, renewed, ended.</summary>
static class CalendarEndpoints
{
    public const string Place = "/account/calendar";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/calendar/{secret}.ics", Read).Needs(Right.AnswerPage).WithName("calendar-feed").ExcludeFromDescription();
        routes.MapGet("/api/v1/me/calendar", Show).Needs(Right.OwnAccount).WithName("get-own-calendar").WithSummary("The address at which a calendar reads your shifts, without its secret.");
        routes.MapPost("/api/v1/me/calendar", Make).Needs(Right.OwnAccount).WithName("make-own-calendar").WithSummary("Makes a calendar's address, shown once. The one before is good no more.");
        routes.MapDelete("/api/v1/me/calendar", End).Needs(Right.OwnAccount).WithName("end-own-calendar").WithSummary("Ends the calendar's address.");
        routes.MapGet(Place, Screen).Needs(Right.OwnAccount).IsScreen().WithName("calendar-screen");
        routes.MapPost(Place, MakeForm).Needs(Right.OwnAccount).IsForm().WithName("make-calendar-form");
        routes.MapPost(Place + "/end", EndForm).Needs(Right.OwnAccount).IsForm().WithName("end-calendar-form");
    }

    static Refusal NoSuchCalendar { get; } = new("not-found", "There is no such calendar.", 404);

    static async Task<IResult> Read(string secret, HttpContext http, CalendarFeeds feeds, CalendarDesk desk, TimeProvider clock, CancellationToken ct)
    {
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.Headers["X-Robots-Tag"] = "noindex";
        // Kept by the calendar that reads it, asked about each time.
        http.Response.Headers.CacheControl = "private, no-cache";
        var now = clock.GetUtcNow();
        if (await feeds.Reader(secret, now, ct) is not { } user) return NoSuchCalendar.ToProblem();
        if (desk.TooOften(user.Id))
        {
            http.Response.Headers.RetryAfter = "60";
            return new Refusal("too-often", "This calendar is read more than 30 times a minute. Read it again in a minute.", 429).ToProblem();
        }

        var events = await desk.Events(user, now, ct);
        var name = CalendarDesk.Say(user, "calendar.name", user.DisplayName);
        // The same shifts have the same tag, whenever they were written out.
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(CalendarText.Write(name, user.Language, events, DateTimeOffset.UnixEpoch))).AsSpan(0, 16))}\"");
        return TypedResults.Bytes(Encoding.UTF8.GetBytes(CalendarText.Write(name, user.Language, events, now)), "text/calendar; charset=utf-8", entityTag: tag);
    }

    static async Task<Results<Ok<CalendarView>, ProblemHttpResult>> Show(Call call, CalendarFeeds feeds, CancellationToken ct) =>
        await feeds.Of(call.UserId, ct) is { } feed ? TypedResults.Ok(new CalendarView(feed.MadeAt, feed.ReadAt)) : NoSuchCalendar.ToProblem();

    static async Task<Created<CalendarMadeView>> Make(Call call, CalendarDesk desk, Db db, CancellationToken ct) =>
        TypedResults.Created((string?)null, new CalendarMadeView(await Made(call, desk, db, ct)));

    static async Task<Results<NoContent, ProblemHttpResult>> End(Call call, Db db, CancellationToken ct) =>
        await Ended(call, db, ct) ? TypedResults.NoContent() : NoSuchCalendar.ToProblem();

    static async Task<IResult> Screen(Call call, CalendarFeeds feeds, CancellationToken ct, string? did = null) => Screens.Show<CalendarScreen>(new { Feed = await feeds.Of(call.UserId, ct), Ended = did == "ended" });

    static async Task<IResult> MakeForm(Call call, CalendarDesk desk, CalendarFeeds feeds, Db db, CancellationToken ct)
    {
        // Shown in the answer itself, once.
        var address = await Made(call, desk, db, ct);
        return Screens.Show<CalendarScreen>(new { Feed = await feeds.Of(call.UserId, ct), Address = address });
    }

    static async Task<IResult> EndForm(Call call, Db db, CancellationToken ct)
    {
        // Pressed twice, or ended elsewhere meanwhile: either way there is none now.
        await Ended(call, db, ct);
        return Screens.Back(Place + "?did=ended");
    }

    static async Task<string> Made(Call call, CalendarDesk desk, Db db, CancellationToken ct) =>
        await desk.Address(await db.Write(tx => CalendarFeeds.Make(tx, call.UserId, call.By, call.At, call.Correlation), ct), ct);

    static Task<bool> Ended(Call call, Db db, CancellationToken ct) => db.Write(tx => CalendarFeeds.End(tx, call.UserId, call.By, call.At, call.Correlation), ct);
}
