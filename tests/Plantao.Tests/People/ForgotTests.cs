using Plantao.People;
using Plantao.Tests.Kit;

namespace Plantao.Tests.People;

public class ForgotTests
{
    [Theory, EveryDatabase]
    public async Task Asking_for_a_new_password_is_the_same_work_whosever_the_address_is(Database database)
    {
        await using var night = await Night.Start(database);
        await night.Person("ada");
        var now = night.Site.Clock.GetUtcNow();
        Task<long> Count(string table) => night.Site.Db.First($"SELECT count(*) FROM {Plantao.Platform.Storage.Sql.Own(table)}", r => r.Long(0), CancellationToken.None);
        foreach (var address in (string[])["ada@example.org", "nobody@example.org"])
            await night.Site.Db.Write(tx => PasswordResets.Ask(tx, address, now, "test"), CancellationToken.None);
        // Whose it is, is not even looked up while somebody waits for the answer.
        Assert.Equal((2L, 0L), (await Count("reset_requests"), await Count("password_resets")));

        await night.Site.Work();
        Assert.Equal((0L, 1L), (await Count("reset_requests"), await Count("password_resets")));
        Assert.Equal(["ada"], night.Mail.Tried.Where(m => m.Text?.Contains("/reset/plt_r", StringComparison.Ordinal) is true).Select(m => m.Address.Split('@')[0]));

        // A mailbox is not for others to fill.
        await night.Site.Db.Write(tx => PasswordResets.Ask(tx, "ada@example.org", night.Site.Clock.GetUtcNow(), "test"), CancellationToken.None);
        await night.Site.Work();
        Assert.Equal(1, await Count("password_resets"));
    }
}
