using System.Collections.Concurrent;
using Plantao.People;
using Plantao.Platform.Storage;

namespace Plantao.OnCall;

/// <summary>A schedule as applied.</summary>
public sealed record AppliedSchedule(Schedule Schedule, string Title, string? Team, int Revision);

/// <summary>Every SQL statement about schedules and overrides. People in schedules are named by their handles, in overrides by their ids.</summary>
public sealed class OnCallStore(Db db)
{
    /// <summary>Parsed documents by their text: a revision is parsed once.</summary>
    readonly ConcurrentDictionary<string, Schedule> parsed = new(StringComparer.Ordinal);

    public async Task<IReadOnlyList<AppliedSchedule>> All(CancellationToken ct) =>
        [.. (await db.Query($"SELECT name, title, team, doc, revision FROM schedules WHERE removed_at IS NULL ORDER BY name", Raw.Read, ct)).Select(Parse).OfType<AppliedSchedule>()];

    public async Task<AppliedSchedule?> Find(string name, CancellationToken ct) =>
        await db.First($"SELECT name, title, team, doc, revision FROM schedules WHERE name = {name} AND removed_at IS NULL", Raw.Read, ct) is { } raw ? Parse(raw) : null;

    public Task<IReadOnlyList<Override>> Overrides(string schedule, DateTimeOffset from, DateTimeOffset until, CancellationToken ct) => db.Query($"""
        SELECT o.id, u.name, o.from_at, o.until_at, o.made_by, r.name FROM overrides o JOIN users u ON u.id = o.user_id LEFT JOIN users r ON r.id = o.replaces
         WHERE o.schedule = {schedule} AND o.until_at > {from} AND o.from_at < {until} AND o.ended_at IS NULL ORDER BY o.id
        """, ReadOverride, ct);

    /// <inheritdoc cref="Find(string, CancellationToken)"/>
    public async Task<AppliedSchedule?> Find(Tx tx, string name) =>
        await tx.First($"SELECT name, title, team, doc, revision FROM schedules WHERE name = {name} AND removed_at IS NULL", Raw.Read) is { } raw ? Parse(raw) : null;

    /// <inheritdoc cref="Overrides(string, DateTimeOffset, DateTimeOffset, CancellationToken)"/>
    public static Task<IReadOnlyList<Override>> Overrides(Tx tx, string schedule, DateTimeOffset from, DateTimeOffset until) => tx.Query($"""
        SELECT o.id, u.name, o.from_at, o.until_at, o.made_by, r.name FROM overrides o JOIN users u ON u.id = o.user_id LEFT JOIN users r ON r.id = o.replaces
         WHERE o.schedule = {schedule} AND o.until_at > {from} AND o.from_at < {until} AND o.ended_at IS NULL ORDER BY o.id
        """, ReadOverride);

    /// <summary>Swaps that wait for their answer, oldest first.</summary>
    /// <param name="schedule">Of this schedule; <see langword="null"/>: of all.</param>
    public Task<IReadOnlyList<Swap>> OpenSwaps(string? schedule, DateTimeOffset now, CancellationToken ct) => db.Query(
        $"{SelectSwap} WHERE answered_at IS NULL AND gives_from > {now} AND takes_from > {now} AND (schedule = {schedule ?? ""} OR {schedule ?? ""} = '') ORDER BY id", ReadSwap, ct);

    public static Task<Swap?> OpenSwap(Tx tx, string id) => tx.First<Swap>($"{SelectSwap} WHERE id = {id} AND answered_at IS NULL {tx.Db.ForUpdate}", ReadSwap);

    public static Task AddSwap(Tx tx, Swap swap) => tx.Execute($"""
        INSERT INTO swaps (id, schedule, asked_by, asked_of, gives_from, gives_until, takes_from, takes_until, made_at)
        VALUES ({swap.Id}, {swap.Schedule}, {swap.By}, {swap.Of}, {swap.Gives.Start}, {swap.Gives.End}, {swap.Takes.Start}, {swap.Takes.End}, {swap.MadeAt})
        """);

    public static Task AnswerSwap(Tx tx, string id, SwapAnswer answer, DateTimeOffset now) => tx.Execute($"UPDATE swaps SET answered_at = {now}, answer = {answer} WHERE id = {id} AND answered_at IS NULL");

    static Sql SelectSwap => Sql.Own("SELECT id, schedule, asked_by, asked_of, gives_from, gives_until, takes_from, takes_until, made_at FROM swaps");

    static Swap ReadSwap(Row r) => new(r.Text(0), r.Text(1), r.Text(2), r.Text(3), new Gap(r.At(4), r.At(5)), new Gap(r.At(6), r.At(7)), r.At(8));

    /// <summary>Who is on call on a schedule now, as user ids: nobody when it is a gap, when there is no such schedule, or when nobody of that name is active.</summary>
    public async Task<IReadOnlyList<string>> Who(Tx tx, string schedule, DateTimeOffset at)
    {
        if (await tx.First($"SELECT name, title, team, doc, revision FROM schedules WHERE name = {schedule} AND removed_at IS NULL", Raw.Read) is not { } raw) return [];
        var overrides = await tx.Query($"""
            SELECT o.id, u.name, o.from_at, o.until_at, o.made_by, r.name FROM overrides o JOIN users u ON u.id = o.user_id LEFT JOIN users r ON r.id = o.replaces
             WHERE o.schedule = {schedule} AND o.until_at > {at} AND o.from_at <= {at} AND o.ended_at IS NULL ORDER BY o.id
            """, ReadOverride);
        // One that cannot be read is a gap: the step passes on, aloud.
        if (Parse(raw) is not { } applied || WhoIsOnCall.At(applied.Schedule, overrides, at).Person is not { } person) return [];
        return await UserStore.Named(tx, person) is { Status: UserStatus.Active } user ? [user.Id] : [];
    }

    public static Task Put(Tx tx, string name, string title, string? team, string document, int revision)
    {
        tx.Wake(Topics.Definitions);
        return tx.Execute($"""
            INSERT INTO schedules (name, title, team, doc, revision) VALUES ({name}, {title}, {team}, {document}, {revision})
            ON CONFLICT (name) DO UPDATE SET title = excluded.title, team = excluded.team, doc = excluded.doc, revision = excluded.revision, removed_at = NULL
            """);
    }

    public static Task Remove(Tx tx, string name, DateTimeOffset now) => tx.Execute($"UPDATE schedules SET removed_at = {now} WHERE name = {name}");

    public static Task Add(Tx tx, string id, string schedule, string userId, string? replaces, DateTimeOffset from, DateTimeOffset until, string madeBy, DateTimeOffset now) => tx.Execute($"""
        INSERT INTO overrides (id, schedule, user_id, replaces, from_at, until_at, made_by, made_at) VALUES ({id}, {schedule}, {userId}, {replaces}, {from}, {until}, {madeBy}, {now})
        """);

    /// <returns>Whether it was there and had not ended.</returns>
    public static async Task<bool> EndOverride(Tx tx, string schedule, string id, DateTimeOffset now) =>
        await tx.Execute($"UPDATE overrides SET ended_at = {now} WHERE id = {id} AND schedule = {schedule} AND ended_at IS NULL AND until_at > {now}") == 1;

    AppliedSchedule? Parse(Raw raw)
    {
        if (!parsed.TryGetValue(raw.Doc, out var schedule))
        {
            schedule = db.Unreadable.Read("schedule", raw.Name, () => ScheduleJson.Read(raw.Doc).Schedule);
            if (schedule is null) return null;
            if (parsed.Count > 10_000) parsed.Clear();
            parsed.TryAdd(raw.Doc, schedule);
        }

        return new AppliedSchedule(schedule with { Name = raw.Name }, raw.Title, raw.Team, raw.Revision);
    }

    static Override ReadOverride(Row r) => new(r.Text(0), r.Text(1), r.At(2), r.At(3), r.Text(4), r.TextOrNull(5));

    sealed record Raw(string Name, string Title, string? Team, string Doc, int Revision)
    {
        public static Raw Read(Row r) => new(r.Text(0), r.Text(1), r.TextOrNull(2), r.Text(3), r.Int(4));
    }
}
