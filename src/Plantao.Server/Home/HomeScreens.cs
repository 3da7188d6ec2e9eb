using Plantao.Home.Pages;
using Plantao.People;
using Plantao.Platform.Access;
using Plantao.Platform.Web;

namespace Plantao.Home;

/// <summary>The first screen, search, and the health of Plantão itself.</summary>
static class HomeScreens
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", Now).Needs(Right.OwnAccount).IsScreen().WithName("now-screen");
        routes.MapGet("/search", Search).Needs(Right.ReadAlerts).IsScreen().WithName("search-screen");
        routes.MapGet("/health", Health).Needs(Right.Administer).IsScreen().WithName("health-screen");
        routes.MapPost("/health/look", Look).Needs(Right.Administer).IsForm().WithName("health-look");
    }

    static async Task<IResult> Now(Call call, HomeDesk desk, CancellationToken ct) => Screens.Show<NowScreen>(new { Of = await desk.Open(call, ct) });

    static async Task<IResult> Search(Call call, Viewer viewer, SearchDesk desk, CancellationToken ct, string? q = null) => Screens.Show<SearchScreen>(new { Of = await desk.Find(q ?? "", call, viewer, ct) });

    static async Task<IResult> Health(Call call, HealthDesk desk, CancellationToken ct) => Screens.Show<HealthScreen>(new { Of = await desk.Open(call, ct) });

    /// <summary>Looks at everything again now, the journal's chain too.</summary>
    static async Task<IResult> Look(SelfTestWorker worker, CancellationToken ct)
    {
        await worker.Look(all: true, ct);
        return Screens.Back("/health#tests");
    }
}
