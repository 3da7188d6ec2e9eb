using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.Notifications;

/// <summary>Test pages: would we reach you? One goes out by every proven method at once, is answered by its button as any page is, and climbs nowhere.</summary>
public sealed class TestPages(NotificationStore notifications, Paging paging, RecipientStore recipients)
{
    /// <summary>Between two test pages to one person: nobody's telephone is for others to play with.</summary>
    public static TimeSpan Pause { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Goes alone, and is not counted where pages are held back because there are many: a test never delays a page in earnest.</summary>
    const int Rank = 1;

    /// <summary>Ids of what test pages are about begin so; those of climbs do not.</summary>
    const string Kind = "tst";

    /// <summary>Whether a page's subject is a test and no climb.</summary>
    public static bool Is(string subject) => subject.StartsWith(Kind + "_", StringComparison.Ordinal);

    /// <returns>The id of the test; or that the person is not active, has no proven method, or had one a moment ago.</returns>
    public async Task<Ruling<string>> Send(Tx tx, User to, string by, DateTimeOffset now, string correlation)
    {
        if (to.Status is not UserStatus.Active) return new Refusal("not-active", $"{to.DisplayName} is not active here; nobody is paged who has not come or has left.");
        if (!(await recipients.Of(tx, [to.Id])).TryGetValue(to.Id, out var person) || person.Methods.Count == 0)
            return new Refusal("no-proven-method", $"{to.DisplayName} has no proven contact method. A code sent to one has to come back first.");
        var last = await tx.First($"SELECT max(created_at) FROM pages WHERE user_id = {to.Id} AND created_at > {now - Pause} AND substr(subject, 1, 4) = 'tst_'", r => r.AtOrNull(0));
        if (last is not null) return new Refusal("too-soon", "A test page went out a moment ago. Wait 30 seconds for another.", 429);

        var id = Ids.New(Kind, now);
        await NotificationStore.Say(tx, new PageSubject(id, NoticeTexts.Title(to.Language, "test.title"), NoticeTexts.Title(to.Language, "test.text"), [], id, Rank, correlation, "/"), epoch: 0);
        await paging.Page(tx, [new PageRequest(id, 0, to.Id, NoticeTexts.Title(to.Language, "test.why"), High: false, Rank, Loud: true, correlation)], now);
        await tx.Journal(Entry.Of("test-page.sent", to.Id, by, now, correlation, new { test = id }));
        return id;
    }

    /// <summary>The button was pressed: what was sent came to the person.</summary>
    /// <returns><c>tested</c>, the first time and again; a refusal for the other button, which a test page does not have.</returns>
    public async Task<Ruling<Answered>> Answer(Tx tx, AnswerablePage page, PageAnswer answer, DateTimeOffset now, string correlation)
    {
        if (answer is not PageAnswer.Acknowledge) return new Refusal("only-a-test", "A test page cannot be passed on.");
        var open = await notifications.Close(tx, page.Subject, page.Epoch + 1, page.UserId, now);
        if (open.Count > 0) await tx.Journal(Entry.Of("test-page.answered", page.UserId, page.UserId, now, correlation, new { test = page.Subject }));
        return new Answered("tested", null);
    }

    /// <summary>When each of these people last answered a test page, of those sent since <paramref name="since"/>. Who did not is missing.</summary>
    public static async Task<IReadOnlyDictionary<string, DateTimeOffset>> Answers(Tx tx, IReadOnlyList<string> userIds, DateTimeOffset since) =>
        (await tx.Query($"""
            SELECT user_id, max(ended_at) FROM pages
             WHERE user_id {tx.Db.In(userIds)} AND created_at >= {since} AND status = 'Answered' AND substr(subject, 1, 4) = 'tst_' GROUP BY user_id
            """, r => (User: r.Text(0), At: r.At(1)))).ToDictionary(r => r.User, r => r.At, StringComparer.Ordinal);
}
