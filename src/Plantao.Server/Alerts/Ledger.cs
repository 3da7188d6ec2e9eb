using Plantao.Notifications;

namespace Plantao.Alerts;

/// <summary>How one stage of a delivery stands.</summary>
public enum Stage { Happened, Retried, Failed, InDoubt, NotYet }

/// <summary>One cell of the ledger.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Word">A key of <see cref="AlertScreenTexts"/> instead of a time; <see langword="null"/>: the time.</param>
public sealed record LedgerCell(Stage Stage, DateTimeOffset? At = null, string? Word = null);

/// <summary>One delivery on its way: received, committed, decided, attempted, accepted, delivered, seen, answered.</summary>
/// <param name="Told">The first three stand in the row above already.</param>
/// <param name="Details">What was said of a try, with the provider's id.</param>
public sealed record LedgerLine(PageTrail Page, string? Channel, bool Told, IReadOnlyList<LedgerCell> Cells, IReadOnlyList<Hop> Details);

/// <summary>Makes the ledger of an alert from the hops of its pages. Pure.</summary>
public static class Ledger
{
    /// <summary>The stages, as keys of <see cref="AlertScreenTexts"/>.</summary>
    public static IReadOnlyList<string> Stages { get; } = ["hop.received", "hop.committed", "hop.decided", "hop.attempted", "hop.accepted", "hop.delivered", "hop.seen", "hop.answer"];

    /// <summary>A line for each delivery, and one for a page that has none.</summary>
    public static IReadOnlyList<LedgerLine> Of(Alert alert, IReadOnlyList<PageTrail> pages)
    {
        var lines = new List<LedgerLine>();
        foreach (var page in pages)
        {
            var deliveries = page.Hops.Where(h => h.DeliveryId is not null).GroupBy(h => h.DeliveryId, StringComparer.Ordinal).Select(g => g.ToList()).ToList();
            if (deliveries.Count == 0) lines.Add(Line(alert, page, null, page.Hops, lines.Count > 0));
            foreach (var hops in deliveries) lines.Add(Line(alert, page, hops.FirstOrDefault(h => h.Channel is not null)?.Channel, hops, lines.Count > 0 && ReferenceEquals(lines[^1].Page, page)));
        }

        return lines;
    }

    static LedgerLine Line(Alert alert, PageTrail page, string? channel, IReadOnlyList<Hop> hops, bool told)
    {
        Hop? Last(params HopKind[] kinds) => hops.LastOrDefault(h => kinds.Contains(h.Kind));
        var answered = page.Hops.LastOrDefault(h => h.Kind is HopKind.Answered);
        var accepted = Last(HopKind.Accepted);
        var attempted = Last(HopKind.Attempted);
        var bad = Last(HopKind.Failed, HopKind.GaveUp, HopKind.InDoubt);
        var over = page.Status is not PageStatus.Open;

        var tried = attempted is not null ? new LedgerCell(Stage.Happened, attempted.At)
            : page.Hops.Any(h => h.Kind is HopKind.Unreachable) ? new(Stage.Failed, Word: "hop.unreachable")
            : Last(HopKind.Merged) is { } merged ? new(Stage.Happened, merged.At, "hop.merged")
            : page.Hops.Any(h => h.Kind is HopKind.Held) ? new(Stage.NotYet, Word: "hop.held")
            : new LedgerCell(Stage.NotYet, Word: over ? "hop.closed" : "hop.waits");
        var taken = accepted is not null ? new LedgerCell(Stage.Happened, accepted.At)
            : bad?.Kind switch
            {
                HopKind.InDoubt => new LedgerCell(Stage.InDoubt, Word: "hop.in-doubt"),
                HopKind.GaveUp => new(Stage.Failed, Word: "hop.gave-up"),
                HopKind.Failed => new(Stage.Retried, Word: "hop.failed"),
                _ => new(Stage.NotYet),
            };
        // Accepted by a provider says nothing about the person, and an answer does not say through which message it came, or whether it came through one
        // at all: somebody may have had the screen open. None of our channels sends a receipt, so what lies between stays in doubt.
        var delivered = accepted is null ? new LedgerCell(Stage.NotYet) : new(Stage.InDoubt, Word: "hop.no-receipt");
        var seen = new LedgerCell(Stage.NotYet);
        var answer = answered is not null ? new LedgerCell(Stage.Happened, answered.At) : new(Stage.NotYet, Word: over ? "hop.closed" : "hop.waits");

        return new(page, channel, told,
        [
            new(Stage.Happened, alert.FirstSignalAt < page.CreatedAt ? alert.FirstSignalAt : page.CreatedAt),
            new(Stage.Happened, alert.OpenedAt < page.CreatedAt ? alert.OpenedAt : page.CreatedAt),
            new(Stage.Happened, page.CreatedAt),
            tried, taken, delivered, seen, answer,
        ], [.. hops.Where(h => h.Kind is HopKind.Failed or HopKind.GaveUp or HopKind.InDoubt or HopKind.Unreachable && (h.Detail is not null || h.Status is not null))]);
    }
}
