using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;
using Plantao.Platform.Web;

namespace Plantao.Home;

/// <summary>All that Rooms.cs knows of the first screen, search, and the health of Plantão itself. It asks every room and is asked by none.</summary>
public static class HomeRoom
{
    public static IServiceCollection AddHome(this IServiceCollection services) => services
        .AddSingleton<HomeDesk>()
        .AddSingleton<SearchDesk>()
        .AddSingleton<HealthDesk>()
        .AddSingleton<Places>()
        .AddWorker<SelfTestWorker>()
        .AddSingleton(new LiveTopic("home", (_, _, _, _) => Task.FromResult<LiveFeed?>(new(Sql.Own("AND (j.kind LIKE 'alert.%' OR j.kind LIKE 'escalation.%' OR j.kind LIKE 'override.%')")))))
        .AddNavigation(new("now", NavigationPart.Respond, 10, "now", "/", HomeTexts.All, "now", Right.OwnAccount, Tab: 10))
        .AddNavigation(new("search", NavigationPart.Respond, 90, "search", "/search", HomeTexts.All, "search", Right.ReadAlerts))
        .AddNavigation(new("health", NavigationPart.Configure, 95, "shieldok", "/health", HomeTexts.All, "health", Right.Administer));

    public static IEndpointRouteBuilder MapHome(this IEndpointRouteBuilder routes)
    {
        HomeScreens.Map(routes);
        return routes;
    }
}
