using Plantao.Platform.Journal;
using Plantao.Platform.Storage;
using Plantao.Platform.Verbs;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Platform;

public class JournalTests
{
    const int Entries = 200;

    [Theory, EveryDatabase]
    public async Task A_hundred_random_tamperings_are_all_found_and_the_first_bad_entry_is_named(Database database)
    {
        await using var premises = await Written(database);
        var db = premises.Db;
        var head = (await new Journals(db).Verify(null, default)).Head!;
        var random = new Random(20260921);
        for (var i = 0; i < 100; i++)
        {
            Journals.Verdict? verdict = null;
            var (what, expected) = ("", 0L);
            // Tampered with inside a transaction that is taken back: each of the hundred starts from the whole journal.
            await Assert.ThrowsAsync<TakenBack>(() => db.Write(async tx =>
            {
                (what, expected) = await Tamper(tx, random);
                verdict = await Journals.Verify(tx, head, default);
                throw new TakenBack();
            }, default));

            Assert.False(verdict!.Whole, $"not found: {what}");
            Assert.True(verdict.Position == expected, $"{what}: {verdict.Position} was named ({verdict.Why})");
        }

        Assert.True((await new Journals(db).Verify(head, default)).Whole);
    }

    [Theory, EveryDatabase]
    public async Task A_tail_that_was_cut_off_shows_against_the_head_that_was_kept(Database database)
    {
        await using var premises = await Written(database);
        var journals = new Journals(premises.Db);
        var (position, hash) = await journals.Head(default);
        await CutOff(premises.Db, 150);

        // What is left is whole in itself: that is why the head leaves the house.
        Assert.True((await journals.Verify(null, default)).Whole);
        var verdict = await journals.Verify(Journals.Anchor(position, hash), default);

        Assert.False(verdict.Whole);
        Assert.Equal(151, verdict.Position);
    }

    [Theory, EveryDatabase]
    public async Task A_history_that_was_written_anew_shows_against_the_head_that_was_kept(Database database)
    {
        await using var premises = await Written(database);
        var journals = new Journals(premises.Db);
        var (position, hash) = await journals.Head(default);
        await CutOff(premises.Db, 150);
        await Write(premises, 50);

        Assert.True((await journals.Verify(null, default)).Whole);
        Assert.False((await journals.Verify(Journals.Anchor(position, hash), default)).Whole);
    }

    [Theory, EveryDatabase]
    public async Task Erasing_a_text_leaves_the_chain_whole(Database database)
    {
        await using var premises = await Written(database);
        await premises.Db.Write(tx => tx.Execute($"DELETE FROM journal_texts WHERE entry_id IN (SELECT id FROM journal WHERE position IN (2, 4))"), default);

        var verdict = await new Journals(premises.Db).Verify(null, default);

        Assert.True(verdict.Whole);
        Assert.Equal(2, verdict.Erased);
    }

    [Theory, EveryDatabase]
    public async Task Entries_of_one_transaction_keep_their_order_whatever_their_ids_are(Database database)
    {
        await using var premises = await database.Open();
        var at = premises.Clock.GetUtcNow();
        // Ids that stand the other way round, as chance makes them within one millisecond.
        await premises.Db.Write(async tx =>
        {
            for (var i = 0; i < 26; i++) await tx.Journal(new Entry($"jrn_{(char)('z' - i)}", "thing.changed", "thing", "ada", at, "c", $$"""{"i":{{i}}}"""));
        }, default);
        await premises.Db.Write(tx => tx.Journal(new Entry("jrn_0", "thing.changed", "thing", "ada", at, "c", """{"i":26}""")), default);
        await new Sealer(premises.Context, Microsoft.Extensions.Logging.Abstractions.NullLogger<Sealer>.Instance).Work(default);

        var journals = new Journals(premises.Db);
        Assert.Equal(Enumerable.Range(0, 27).Select(i => $$"""{"i":{{i}}}"""), (await journals.Of("thing", 100, default)).Select(e => e.Facts));
        Assert.True((await journals.Verify(null, default)).Whole);
    }

    [Fact]
    public async Task The_verb_proves_the_chain_and_names_the_first_bad_entry()
    {
        await using var place = await Place.OnSqlite();
        string head;
        await using (var premises = await Premises.At(place, new FakeClock(), owned: false))
        {
            await Write(premises, 20);
            head = (await new Journals(premises.Db).Verify(null, default)).Head!;
        }

        Assert.Equal((0, head), await Run(place, "head"));
        Assert.Equal(0, (await Run(place, "verify", "--head", head)).Code);
        Assert.Equal(64, (await Run(place, "verify", "--head", "12")).Code);
        Assert.Equal(64, (await Run(place, "prove")).Code);

        await using (var db = place.Options.OpenDatabase()) await db.Write(tx => tx.Execute($"UPDATE journal SET actor = 'nobody' WHERE position = 7"), default);
        var (code, said) = await Run(place, "verify");
        Assert.Equal(1, code);
        Assert.Contains("position 7", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_head_is_logged_every_hour()
    {
        await using var site = await TestSite.Start(Database.Sqlite);
        int Lines() => site.Log.Lines.Count(l => l.Contains("JournalHeadWorker: journal head ", StringComparison.Ordinal));

        await site.Pass(TimeSpan.FromHours(3), TimeSpan.FromMinutes(1));

        Assert.Equal(4, Lines());
        var (position, hash) = await site.Get<Journals>().Head(default);
        Assert.Contains(site.Log.Lines, l => l.Contains("journal head " + Journals.Anchor(position, hash), StringComparison.Ordinal));
    }

    static async Task<(int Code, string Said)> Run(Place place, params string[] args)
    {
        using var said = new StringWriter();
        var code = await JournalVerb.Run(place.Options, args, said, said, default);
        return (code, said.ToString().Trim());
    }

    static async Task<Premises> Written(Database database)
    {
        var premises = await database.Open();
        await Write(premises, Entries);
        return premises;
    }

    static async Task Write(Premises premises, int count)
    {
        for (var i = 0; i < count; i++)
        {
            premises.Clock.Advance(TimeSpan.FromSeconds(1));
            await premises.Db.Write(tx => tx.Journal(Entry.Of("thing.changed", $"thing{i % 7}", "ada", premises.Clock.GetUtcNow(), $"c{i}", new { i }, i % 2 == 1 ? $"text {i}" : null)), default);
        }

        await new Sealer(premises.Context, Microsoft.Extensions.Logging.Abstractions.NullLogger<Sealer>.Instance).Work(default);
    }

    /// <summary>As an administrator of the database would who knows about the sealer's head.</summary>
    static Task CutOff(Db db, long after) => db.Write(async tx =>
    {
        await tx.Execute($"DELETE FROM journal WHERE position > {after}");
        var hash = await tx.First($"SELECT hash FROM journal WHERE position = {after}", r => r.Bytes(0));
        await tx.Execute($"UPDATE journal_head SET position = {after}, hash = {hash}");
    }, default);

    static async Task<(string What, long FirstBad)> Tamper(Tx tx, Random random)
    {
        long at = random.Next(1, Entries + 1);
        switch (random.Next(12))
        {
            case 0: await tx.Execute($"UPDATE journal SET facts = '{{}}' WHERE position = {at}"); return ($"facts of {at}", at);
            case 1: await tx.Execute($"UPDATE journal SET actor = 'eve' WHERE position = {at}"); return ($"actor of {at}", at);
            case 2: await tx.Execute($"UPDATE journal SET kind = kind || ' ' WHERE position = {at}"); return ($"kind of {at}", at);
            case 3: await tx.Execute($"UPDATE journal SET at = at + 1 WHERE position = {at}"); return ($"time of {at}", at);
            case 4: await tx.Execute($"UPDATE journal SET correlation = subject, subject = correlation WHERE position = {at}"); return ($"subject and correlation of {at} swapped", at);
            case 5: await tx.Execute($"UPDATE journal SET hash = {new byte[32]} WHERE position = {at}"); return ($"hash of {at}", at);
            case 6:
                at = at / 2 * 2 is var even and > 0 ? even : 2;
                await tx.Execute($"UPDATE journal_texts SET text = text || '!' WHERE entry_id = (SELECT id FROM journal WHERE position = {at})");
                return ($"text of {at}", at);
            case 7: await tx.Execute($"UPDATE journal SET text_digest = {new byte[32]} WHERE position = {at}"); return ($"digest of {at}", at);
            case 8: await tx.Execute($"DELETE FROM journal WHERE position = {at}"); return ($"{at} removed", at);
            case 9: await tx.Execute($"DELETE FROM journal WHERE position >= {at}"); return ($"cut off from {at}", at);
            case 10:
                var other = at == Entries ? 1 : random.Next((int)at + 1, Entries + 1);
                await tx.Execute($"UPDATE journal SET position = 1000000 WHERE position = {at}");
                await tx.Execute($"UPDATE journal SET position = {at} WHERE position = {other}");
                await tx.Execute($"UPDATE journal SET position = {other} WHERE position = 1000000");
                return ($"{at} and {other} swapped", Math.Min(at, other));
            default:
                await tx.Execute($"INSERT INTO journal (id, position, kind, subject, actor, at, correlation, facts, hash) VALUES ('jrn_forged', {Entries + 1}, 'forged', 'x', 'eve', 0, 'c', '{{}}', {new byte[32]})");
                return ("one put in at the end", Entries + 1);
        }
    }

    sealed class TakenBack : Exception;
}
