using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Plantao.Client;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Journal;

namespace Plantao.People;

/// <summary><c>/api/v1/audit</c>: the journal, newest first.</summary>
static class AuditEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/audit", List).Needs(Right.ReadAudit).WithName("list-audit");

    static async Task<Results<Ok<Part<AuditEntryView>>, ProblemHttpResult>> List(
        Journals journals, CancellationToken ct, string? cursor = null, int? limit = null, string? actor = null, string? kind = null, string? subject = null, DateTimeOffset? from = null, DateTimeOffset? until = null)
    {
        if (Listing.Fault(limit) is { } fault) return fault.ToProblem();
        long? before = null;
        if (cursor is not null)
        {
            if (!long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var position)) return new Refusal("bad-cursor", "This is no cursor of this list.", 400).ToProblem();
            before = position;
        }

        var count = Listing.Count(limit);
        var rows = await journals.Newest(before, count + 1, new JournalFilter(actor, kind, subject, from, until), ct);
        return TypedResults.Ok(Listing.Part(rows, count, View, e => e.Position.ToString(CultureInfo.InvariantCulture)));
    }

    static AuditEntryView View(Placed entry)
    {
        using var facts = JsonDocument.Parse(entry.Facts);
        return new(entry.Position, entry.Id, entry.Kind, entry.Subject, entry.Actor, entry.At, entry.Correlation, facts.RootElement.Clone(), entry.Text);
    }
}
