using System.Globalization;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.Tests.Crash;

/// <summary>Compares what the ledger says, what the sink saw and what the database holds, when nothing moves any more (failures.md 1.1 and rig L).</summary>
public static class Audit
{
    /// <summary>Waits for quiescence, not for a fixed time, which would call late pages lost.</summary>
    public static Task Rest(World world, TimeSpan? within = null) => Until.True(async () => (await Moving(world)).Length == 0, within ?? TimeSpan.FromSeconds(60), () => Moving(world));

    /// <summary>Lets the driver end what it began, waits until nothing moves, and checks everything.</summary>
    public static async Task<string> After(World world, Driver driver, int kills)
    {
        await driver.Finish();
        await Rest(world);
        await driver.Answers();
        await Rest(world);
        return await Check(world, driver.Ledger, kills, driver.Pressed);
    }

    /// <summary>Checks everything; throws with all that is wrong.</summary>
    /// <param name="kills">How often a process died: bounds the copies.</param>
    public static async Task<string> Check(World world, Ledger ledger, int kills, IReadOnlyDictionary<string, System.Net.HttpStatusCode>? pressed = null)
    {
        var db = world.Ground.Db;
        var wrong = new List<string>();
        var entries = ledger.Read();
        var pages = world.Pager.All.Where(p => p.Kind == "page.created").ToList();

        if (entries.Count == 0 || !entries.All(e => e.Taken)) wrong.Add($"the driver gave up on {Some(entries.Where(e => !e.Taken).Select(e => e.Number))}");

        // V1: every 2xx has its receipt.
        var stored = (await db.Query($"SELECT id FROM signals", r => r.Long(0), CancellationToken.None)).Select(id => string.Create(CultureInfo.InvariantCulture, $"sig_{id}")).ToHashSet(StringComparer.Ordinal);
        Add("V1: taken, and no signal of that number", entries.Where(e => e.Signals.Any(s => !stored.Contains(s))).Select(e => e.Number));

        // V2, V6: each is one alert, however often it was sent.
        var alerts = (await db.Query($"SELECT t.title FROM alerts a JOIN alert_texts t ON t.alert_id = a.id", r => r.Text(0), CancellationToken.None)).ToLookup(t => t, StringComparer.Ordinal);
        Add("V2: taken, and no alert", entries.Where(e => e.Taken && !alerts.Contains(Driver.Title(e.Number))).Select(e => e.Number));
        Add("V6: more than one alert", entries.Where(e => alerts[Driver.Title(e.Number)].Count() > 1).Select(e => e.Number));
        if (alerts.Count > entries.Count) wrong.Add($"V6: {alerts.Count} alerts of {entries.Count} that were sent");
        if (await Count(db, $"SELECT count(*) FROM dead_letters") is > 0 and var dead) wrong.Add($"V2: {dead} signals set aside");

        // V3: each was paged, and the page is one.
        var byTitle = pages.ToLookup(p => p.Title, StringComparer.Ordinal);
        Add("LOST: taken, and never paged", entries.Where(e => e.Taken && !byTitle.Contains(Driver.Title(e.Number))).Select(e => e.Number));
        Add("DOUBLED: paged under more than one id", entries.Where(e => byTitle[Driver.Title(e.Number)].Select(p => p.Id).Distinct(StringComparer.Ordinal).Count() > 1).Select(e => e.Number));
        if (await Count(db, $"SELECT count(*) FROM (SELECT subject, epoch, user_id FROM pages GROUP BY subject, epoch, user_id HAVING count(*) > 1) AS twice") is > 0 and var twice) wrong.Add($"DOUBLED: {twice} climbs paged somebody twice");
        if (await Count(db, $"SELECT count(*) FROM deliveries WHERE status = 'Failed'") is > 0 and var failed) wrong.Add($"V3: {failed} deliveries failed");

        // V4: copies of a delivery carry its id (they were grouped by it) and, from the second, the mark.
        var copies = pages.GroupBy(p => p.Id, StringComparer.Ordinal).Where(g => g.Count() > 1).ToList();
        Add("V4: a copy without the mark", copies.Where(g => g.Skip(1).Any(p => !p.Repeat)).Select(g => g.First().Title));
        var extra = copies.Sum(g => g.Count() - 1);
        if (extra > kills * 8) wrong.Add($"V4: {extra} copies after {kills} kills; each leaves at most 8 in doubt: the 4 of a claim, and the 4 before whose outcome was being written");

        // V5: nothing is claimed once its page has ended. What was on its way had been claimed before.
        Add("V5: claimed after the answer", await db.Query(
            $"SELECT h.delivery_id FROM hops h JOIN pages p ON p.id = h.page_id WHERE h.kind IN ('Attempted', 'InDoubt') AND h.delivery_id IS NOT NULL AND p.ended_at IS NOT NULL AND h.at > p.ended_at + {TimeSpan.FromMilliseconds(300)}", r => r.Text(0), CancellationToken.None));

        // Whoever was told that the button worked has it; a link may have ended only because the first press did, whose answer was lost.
        var answeredPages = await Count(db, $"SELECT count(*) FROM pages WHERE status = 'Answered'");
        if (pressed is not null && pressed.Count != answeredPages) wrong.Add($"V5: {pressed.Count} links were answered ({pressed.Values.Count(s => s is System.Net.HttpStatusCode.Gone)} of them gone), and {answeredPages} pages are");
        Add("V5: the button worked, and the climb goes on", await db.Query(
            $"SELECT e.id FROM escalations e JOIN pages p ON p.subject = e.id WHERE p.status = 'Answered' AND e.status NOT IN ('Acknowledged', 'Ended')", r => r.Text(0), CancellationToken.None));

        // V7: what has ended was closed once.
        Add("V7: closed twice", await db.Query($"SELECT delivery_id FROM hops WHERE kind = 'Accepted' GROUP BY delivery_id HAVING count(*) > 1", r => r.Text(0), CancellationToken.None));

        // V13.
        if (await new Journals(db).Verify(null, CancellationToken.None) is { Whole: false } broken) wrong.Add($"V13: the journal breaks at {broken.Position}: {broken.Why}");

        var summary = string.Create(CultureInfo.InvariantCulture,
            $"{kills} kills, {entries.Count} alerts taken ({entries.Sum(e => e.Errors)} calls without an answer), {pages.Count} pages, {extra} marked copies, {answeredPages} answered");
        Assert.True(wrong.Count == 0, $"{summary}\n{string.Join('\n', wrong)}");
        return summary;

        void Add<T>(string what, IEnumerable<T> which)
        {
            var list = which.ToList();
            if (list.Count > 0) wrong.Add($"{what}: {Some(list)}");
        }
    }

    /// <summary>What still has to happen; empty when nothing.</summary>
    static async Task<string> Moving(World world)
    {
        var (db, now) = (world.Ground.Db, world.Ground.Clock.GetUtcNow());
        var parts = new List<string>();
        try
        {
            await All();
        }
        catch (DatabaseUnavailableException)
        {
            // Our own connections are cut with the others.
            parts.Add("the database itself");
        }

        return string.Join(", ", parts);

        async Task All()
        {
            await Add("signals to decide", $"SELECT count(*) FROM signals WHERE id > (SELECT position FROM signal_cursor WHERE id = 1)");
            await Add("climbs due", $"SELECT count(*) FROM escalations WHERE due_at <= {now}");
            await Add("pages due", $"SELECT count(*) FROM pages WHERE due_at <= {now}");
            await Add("deliveries under way", $"SELECT count(*) FROM deliveries WHERE status IN ('Pending', 'Sending')");
            await Add("journal entries without a place", $"SELECT count(*) FROM journal WHERE position IS NULL");
        }

        async Task Add(string what, Sql sql)
        {
            if (await Count(db, sql) is > 0 and var count) parts.Add($"{count} {what}");
        }
    }

    static Task<long> Count(Db db, Sql sql) => db.First(sql, r => r.Long(0), CancellationToken.None);

    static string Some<T>(IEnumerable<T> all)
    {
        var list = all.ToList();
        return $"{list.Count}, such as {string.Join(", ", list.Take(5))}";
    }
}
