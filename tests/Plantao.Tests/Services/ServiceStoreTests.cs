using System.Net;
using System.Net.Http.Json;
using Plantao.Client;
using Plantao.Platform.Access;
using Plantao.Services;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Services;

public class ServiceStoreTests
{
    [Theory, EveryDatabase]
    public async Task A_definition_makes_changes_removes_and_brings_back_a_service(Database database)
    {
        await using var premises = await database.Open();
        DateTimeOffset Next()
        {
            premises.Clock.Advance(TimeSpan.FromSeconds(1));
            return premises.Clock.GetUtcNow();
        }

        Task<Service> Put(string title) => premises.Db.Write(tx => ServiceStore.Put(tx, new("shop", title, null, "shop-climb", """{"tier":1}"""), "usr_1", Next(), "c"), CancellationToken.None);

        var made = await Put("Shop");
        Assert.Equal(1, (await Put("Shop")).Revision);
        Assert.Equal(2, (await Put("The shop")).Revision);
        Assert.True(await premises.Db.Write(tx => ServiceStore.Remove(tx, "shop", "usr_1", Next(), "c"), CancellationToken.None));
        var services = new ServiceStore(premises.Db);
        Assert.Null(await services.Find("shop", CancellationToken.None));
        Assert.NotNull((await services.Find(made.Id, CancellationToken.None))!.RemovedAt);

        var back = await Put("The shop");
        Assert.Equal((made.Id, 3L), (back.Id, back.Revision));
        Assert.Equal(
            ["service.created", "service.changed", "service.removed", "service.restored"],
            await premises.Db.Query($"SELECT kind FROM journal WHERE subject = {made.Id} ORDER BY coalesce(written, 0), position", r => r.Text(0), CancellationToken.None));
    }

    [Theory, EveryDatabase]
    public async Task A_private_teams_services_are_listed_for_its_people_alone(Database database)
    {
        await using var site = await TestSite.Start(database);
        var (inside, insider) = await site.Person("grace");
        var (_, outsider) = await site.Person("ada");
        var hidden = await site.Team("hidden", true, (inside, TeamRole.Responder));
        await site.Db.Write(async tx =>
        {
            await ServiceStore.Put(tx, new("vault", "Vault", hidden, null, "{}"), "test", site.Clock.GetUtcNow(), "test");
            await ServiceStore.Put(tx, new("shop", "Shop", null, null, """{"tier":1}"""), "test", site.Clock.GetUtcNow(), "test");
        }, CancellationToken.None);

        async Task<IEnumerable<string>> Names(HttpClient http, string path = "/api/v1/services") => (await http.GetFromJsonAsync<Part<ServiceView>>(path))!.Items.Select(s => s.Name);

        Assert.Equal(["shop", "vault"], await Names(site.Http(insider)));
        Assert.Equal(["shop", "vault"], await Names(site.Owner));
        Assert.Equal(["shop"], await Names(site.Http(outsider)));
        Assert.Equal(["vault"], await Names(site.Http(insider), "/api/v1/services?team=hidden"));
        Assert.Equal(HttpStatusCode.NotFound, (await site.Http(outsider).GetAsync("/api/v1/services?team=hidden")).StatusCode);
        Assert.Equal(1, (await site.Http(outsider).GetFromJsonAsync<ServiceView>("/api/v1/services/shop"))!.Definition.GetProperty("tier").GetInt32());
    }
}
