using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Plantao.Client;
using Plantao.OnCall;
using Plantao.People;
using Plantao.Platform.Access;
using Plantao.Platform.Redaction;
using Plantao.Tests.Kit;
using static Plantao.Tests.OnCall.Written;

namespace Plantao.Tests.OnCall;

/// <summary>One's shifts in one's own calendar: the text (RFC 5545), and the address that is good for it alone.</summary>
public class CalendarTests
{
    [Theory]
    [InlineData("a,b;c\\d", "a\\,b\\;c\\\\d")]
    [InlineData("one\r\ntwo\nthree\rfour", "one\\ntwo\\nthree\\nfour")]
    [InlineData("bell\u0007 and \u0000 nothing", "bell and  nothing")]
    public void Text_is_escaped(string text, string escaped) => Assert.Equal(escaped, CalendarText.Escaped(text));

    [Theory]
    [InlineData("a")]
    [InlineData("ã")]
    [InlineData("漢")]
    [InlineData("🚨")]
    [InlineData("aã漢🚨")]
    public void A_line_is_folded_between_characters_at_75_octets(string of)
    {
        for (var count = 0; count < 120; count++)
        {
            var line = "SUMMARY:" + string.Concat(Enumerable.Repeat(of, count));
            var text = new StringBuilder();
            CalendarText.Fold(text, line);

            var lines = text.ToString().Split("\r\n");
            Assert.Equal("", lines[^1]);
            // Read back as bytes, as a calendar does: a character that was cut would be no UTF-8 in its line.
            Assert.All(lines, part => Assert.True(Encoding.UTF8.GetByteCount(part) <= 75 && !part.Contains('\uFFFD')));
            Assert.All(lines[1..^1], part => Assert.StartsWith(" ", part, StringComparison.Ordinal));
            Assert.Equal(line, text.ToString().Replace("\r\n ", "", StringComparison.Ordinal).TrimEnd('\r', '\n'));
        }
    }

    [Fact]
    public void A_calendar_is_written_as_the_standard_has_it()
    {
        var text = CalendarText.Write("De plantão: Ana", "pt-BR", [new("x@plantao", At("2026-01-05T09:00-03:00"), At("2026-01-12T09:00-03:00"), "De plantão: Bilhetes, noite", "Turno da camada primary", "https://plantao.example/on-call/x")], At("2026-01-04T00:00Z"));

        Assert.Equal("""
            BEGIN:VCALENDAR
            VERSION:2.0
            PRODID:-//Plantao//On call//PT
            CALSCALE:GREGORIAN
            METHOD:PUBLISH
            NAME:De plantão: Ana
            X-WR-CALNAME:De plantão: Ana
            REFRESH-INTERVAL;VALUE=DURATION:PT1H
            X-PUBLISHED-TTL:PT1H
            BEGIN:VEVENT
            UID:x@plantao
            DTSTAMP:20260104T000000Z
            DTSTART:20260105T120000Z
            DTEND:20260112T120000Z
            SUMMARY:De plantão: Bilhetes\, noite
            DESCRIPTION:Turno da camada primary
            URL:https://plantao.example/on-call/x
            TRANSP:TRANSPARENT
            END:VEVENT
            END:VCALENDAR

            """.ReplaceLineEndings("\r\n"), text);
    }

    [Fact]
    public void Its_address_is_masked_where_it_is_logged() =>
        Assert.Equal("/calendar/{key}", KeyedPaths.Masked("/calendar/" + Tokens.New(Tokens.Feed) + ".ics", new Redactor()));

    const string Rota = """{"zone":"America/Sao_Paulo","layers":[{"name":"primary","people":["ada","grace"],"rotation":"weekly","handoff":"monday 09:00","start":"2026-01-05"}]}""";

    [Theory, EveryDatabase]
    public async Task Ones_own_shifts_are_read_by_an_address_that_can_be_renewed_and_ended(Database database)
    {
        await using var site = await TestSite.Start(database);
        var (ada, token) = await site.Person("ada", zone: "America/Sao_Paulo", language: "pt-BR");
        var (_, graces) = await site.Person("grace");
        await site.Db.Write(tx => OnCallStore.Put(tx, "primary", "Primária", null, Rota, 1), CancellationToken.None);
        using var http = site.Http(token);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/api/v1/me/calendar")).StatusCode);

        var first = await Make(http);
        var events = await Read(site, first);
        // What it says is what the schedule says, for its person and nobody else.
        var now = site.Clock.GetUtcNow();
        var schedule = (await http.GetFromJsonAsync<ScheduleView>($"/api/v1/schedules/primary?from={now.AddDays(-14):yyyy-MM-dd}T00:00:00Z&until={now.AddDays(90):yyyy-MM-dd}T00:00:00Z"))!;
        var own = schedule.Shifts.Where(s => s.Person == "ada").ToList();
        Assert.True(own.Count > 5);
        Assert.Equal(own.Select(s => s.End).Order().SkipLast(1), events.Select(e => e.End).SkipLast(1));
        Assert.All(events, e => Assert.Equal(("De plantão: Primária", TimeSpan.FromDays(7)), (e.Title, e.End - e.Start)));
        Assert.Equal(events.Select(e => e.Id), (await Read(site, first)).Select(e => e.Id));

        // An override is there at once, as whoever asks who is on call is told.
        var shift = events[^2];
        using var put = await site.Owner.PostAsJsonAsync("/api/v1/schedules/primary/overrides", new OverrideRequest("grace", shift.Start, shift.Start.AddDays(1)));
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        var after = await Read(site, first);
        Assert.Contains(after, e => e.Start == shift.Start.AddDays(1) && e.End == shift.End);
        Assert.DoesNotContain(after, e => e.Id == shift.Id);
        using var gracesHttp = site.Http(graces);
        Assert.Contains(await Read(site, await Make(gracesHttp)), e => e is { Title: "On call: Primária", Text: "Override or swap" } && e.Start == shift.Start);

        // Asked again, nothing is sent that is there already.
        using (var again = await Get(site, first))
        {
            using var unchanged = await Get(site, first, again.Headers.ETag);
            Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        }

        var second = await Make(http);
        Assert.Equal(HttpStatusCode.NotFound, (await Get(site, first)).StatusCode);
        Assert.NotEmpty(await Read(site, second));
        Assert.NotNull((await http.GetFromJsonAsync<CalendarView>("/api/v1/me/calendar"))!.ReadAt);
        Assert.Equal(HttpStatusCode.NoContent, (await http.DeleteAsync("/api/v1/me/calendar")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Get(site, second)).StatusCode);

        // Who leaves leaves no address behind.
        var third = await Make(http);
        using var leaves = await site.Owner.PostAsJsonAsync("/api/v1/users/ada/deactivation", new DeactivateRequest(new Dictionary<string, string>(StringComparer.Ordinal) { ["schedule/primary"] = "grace" }));
        Assert.Equal(HttpStatusCode.OK, leaves.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Get(site, third)).StatusCode);
        Assert.Equal(0, await site.Db.First($"SELECT count(*) FROM calendar_feeds WHERE user_id = {ada}", r => r.Long(0), CancellationToken.None));
        Assert.Equal(["calendar.made", "calendar.made", "calendar.ended", "calendar.made", "calendar.ended"],
            await site.Db.Query($"SELECT kind FROM journal WHERE subject = {ada} AND kind LIKE 'calendar.%' ORDER BY coalesce(written, 0), position", r => r.Text(0), CancellationToken.None));
        Assert.DoesNotContain(site.Log.Lines, line => line.Contains("plt_f", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nobody_reads_one_address_without_end_and_a_secret_of_another_kind_opens_nothing()
    {
        await using var site = await TestSite.Start(Database.Sqlite);
        var (_, token) = await site.Person("ada");
        using var http = site.Http(token);
        var address = await Make(http);

        Assert.Equal(HttpStatusCode.NotFound, (await Get(site, $"/calendar/{token}.ics")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Get(site, $"/calendar/{Tokens.New(Tokens.Feed)}.ics")).StatusCode);
        for (var i = 0; i < 30; i++) Assert.Equal(HttpStatusCode.OK, (await Get(site, address)).StatusCode);
        using (var refused = await Get(site, address)) Assert.Equal((HttpStatusCode.TooManyRequests, "60"), (refused.StatusCode, refused.Headers.RetryAfter?.ToString()));
        site.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.OK, (await Get(site, address)).StatusCode);
        // It opens the calendar alone.
        using var other = site.Http(address.Split('/')[^1].Split('.')[0]);
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.GetAsync("/api/v1/me")).StatusCode);
    }

    sealed record Event(string Id, DateTimeOffset Start, DateTimeOffset End, string Title, string Text);

    static async Task<string> Make(HttpClient http)
    {
        using var made = await http.PostAsync("/api/v1/me/calendar", null);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        return new Uri((await made.Content.ReadFromJsonAsync<CalendarMadeView>())!.Address).AbsolutePath;
    }

    static async Task<HttpResponseMessage> Get(TestSite site, string path, EntityTagHeaderValue? known = null)
    {
        using var http = site.Http();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (known is not null) request.Headers.IfNoneMatch.Add(known);
        return await http.SendAsync(request);
    }

    static async Task<IReadOnlyList<Event>> Read(TestSite site, string path)
    {
        using var answer = await Get(site, path);
        Assert.Equal((HttpStatusCode.OK, "text/calendar; charset=utf-8"), (answer.StatusCode, answer.Content.Headers.ContentType!.ToString()));
        var text = (await answer.Content.ReadAsStringAsync()).Replace("\r\n ", "", StringComparison.Ordinal);
        return [.. text.Split("BEGIN:VEVENT\r\n")[1..].Select(part =>
        {
            var fields = part.Split("\r\n").Where(line => line.Contains(':', StringComparison.Ordinal)).Select(line => line.Split(':', 2)).DistinctBy(f => f[0]).ToDictionary(f => f[0], f => f[1], StringComparer.Ordinal);
            static DateTimeOffset When(string typed) => DateTimeOffset.ParseExact(typed, "yyyyMMdd'T'HHmmss'Z'", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal);
            return new Event(fields["UID"], When(fields["DTSTART"]), When(fields["DTEND"]), fields["SUMMARY"], fields["DESCRIPTION"]);
        })];
    }
}
