using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Plantao.People.Pages;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Journal;
using Plantao.Platform.Text;
using Plantao.Platform.Web;

namespace Plantao.People;

/// <summary>What the audit screen was asked for, as typed.</summary>
public sealed record AuditQuery(string? Who, string? Kind, string? Subject, string? From, string? Until)
{
    public bool Narrowed => (Who ?? Kind ?? Subject ?? From ?? Until) is not null;

    /// <summary>The same question again, from another place or as another form.</summary>
    public string Path(string path, string? before = null) => QueryHelpers.AddQueryString(path, new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["who"] = Who,
        ["kind"] = Kind,
        ["subject"] = Subject,
        ["from"] = From,
        ["until"] = Until,
        ["before"] = before,
    }.Where(pair => pair.Value is not null));
}

/// <summary>The journal for people: searched, in parts, and as a table for other programs.</summary>
static class AuditScreens
{
    const int Part = 50, Row = 1000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/audit", Show).Needs(Right.ReadAudit).IsScreen().WithName("audit-screen");
        routes.MapGet("/audit.csv", Export).Needs(Right.ReadAudit).IsScreen().WithName("audit-csv");
    }

    static async Task<IResult> Show(Viewer viewer, Journals journals, UserStore users, CancellationToken ct, string? who = null, string? kind = null, string? subject = null, string? from = null, string? until = null, string? before = null)
    {
        var query = Given(who, kind, subject, from, until);
        var errors = new Dictionary<string, string>(StringComparer.Ordinal);
        var filter = await Filter(query, viewer, users, errors, ct);
        var rows = errors.Count > 0 ? [] : await journals.Newest(Position(before), Part + 1, filter, ct);
        var names = await Names(rows.SelectMany(r => AuditFacts.People(r.Facts).Append(r.Subject).Append(r.Actor)), users, ct);
        return Screens.Show<AuditScreen>(new { Query = query, Errors = errors, Entries = (IReadOnlyList<Placed>)[.. rows.Take(Part)], Names = names, Before = before, Older = rows.Count > Part ? rows[Part - 1].Position.ToString(CultureInfo.InvariantCulture) : null }, errors.Count > 0 ? 422 : 200);
    }

    /// <summary>All that the filter finds, newest first, part by part: however long it is, little of it is in memory.</summary>
    static async Task<IResult> Export(HttpContext http, Viewer viewer, Journals journals, UserStore users, CancellationToken ct, string? who = null, string? kind = null, string? subject = null, string? from = null, string? until = null)
    {
        var errors = new Dictionary<string, string>(StringComparer.Ordinal);
        var query = Given(who, kind, subject, from, until);
        var filter = await Filter(query, viewer, users, errors, ct);
        if (errors.Count > 0) return Screens.Back(query.Path("/audit"));
        http.Response.ContentType = "text/csv; charset=utf-8";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"plantao-audit-{viewer.Now.UtcDateTime.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}.csv\"";
        // With its mark, so that spreadsheets read it as UTF-8.
        await http.Response.WriteAsync("\uFEFF" + Csv.Line("position", "at", "kind", "subject", "actor", "actor_name", "correlation", "facts", "text", "id"), ct);
        for (long? before = null; await journals.Newest(before, Row, filter, ct) is { Count: > 0 } rows; before = rows[^1].Position)
        {
            var names = await Names(rows.Select(r => r.Actor), users, ct);
            foreach (var entry in rows)
                await http.Response.WriteAsync(Csv.Line(
                    entry.Position.ToString(CultureInfo.InvariantCulture), entry.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), entry.Kind, entry.Subject, entry.Actor, names.GetValueOrDefault(entry.Actor), entry.Correlation, entry.Facts, entry.Text, entry.Id), ct);
        }

        return Results.Empty;
    }

    static AuditQuery Given(string? who, string? kind, string? subject, string? from, string? until)
    {
        return new(Text(who), Text(kind), Text(subject), Text(from), Text(until));

        static string? Text(string? typed) => typed?.Trim() is { Length: > 0 and <= 200 } given ? given : null;
    }

    static async Task<JournalFilter> Filter(AuditQuery query, Viewer viewer, UserStore users, Dictionary<string, string> errors, CancellationToken ct)
    {
        var actor = query.Who;
        if (actor is not null && !actor.Contains(':', StringComparison.Ordinal) && actor is not "plantao" && !actor.StartsWith("usr_", StringComparison.Ordinal))
        {
            var found = await users.Named(actor, ct) ?? (EmailAddress.Normal(actor) is { } email ? await users.WithEmail(email, ct) : null);
            if (found is null) errors["who"] = viewer.Say(AuditTexts.All, "no-such-person");
            actor = found?.Id;
        }

        return new(actor, query.Kind, query.Subject, At("from", query.From), At("until", query.Until));

        DateTimeOffset? At(string field, string? typed)
        {
            if (typed is null) return null;
            if (!DateTime.TryParseExact(typed, ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) || local.Year is < 2000 or > 9000)
            {
                errors[field] = viewer.Say(AuditTexts.All, "bad-time");
                return null;
            }

            // The reader's wall clock. Where it springs over this time, the offset before the spring holds.
            var zone = TimeZoneInfo.TryFindSystemTimeZoneById(viewer.Zone, out var known) ? known : TimeZoneInfo.Utc;
            return new DateTimeOffset(local, zone.GetUtcOffset(zone.IsInvalidTime(local) ? local.AddHours(-3) : local)).ToUniversalTime();
        }
    }

    static async Task<IReadOnlyDictionary<string, string>> Names(IEnumerable<string> ids, UserStore users, CancellationToken ct)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var id in ids.Where(a => a.StartsWith("usr_", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal))
            if (await users.Find(id, ct) is { } user) names[id] = user.DisplayName;
        return names;
    }

    static long? Position(string? before) => long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : null;
}
