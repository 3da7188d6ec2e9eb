using Plantao.Alerts;
using Plantao.Definitions;
using Plantao.Escalations;
using Plantao.Home;
using Plantao.Notifications;
using Plantao.OnCall;
using Plantao.People;
using Plantao.Platform;
using Plantao.Services;

namespace Plantao;

/// <summary>A table of contents: one line per room, ground up.</summary>
public static class Rooms
{
    /// <summary>What the rooms need, and the ports at which higher rooms answer lower ones.</summary>
    public static IServiceCollection AddRooms(this IServiceCollection services, ServeOptions options) => services
        .AddPlatform(options)
        .AddPeople()
        .AddServices()
        .AddDefinitions()
        .AddOnCall()
        .AddNotifications(options)
        .AddEscalations()
        .AddAlerts()
        .AddHome();

    /// <summary>What the rooms serve.</summary>
    public static IEndpointRouteBuilder MapRooms(this IEndpointRouteBuilder routes) => routes
        .MapPlatform()
        .MapPeople()
        .MapServices()
        .MapDefinitions()
        .MapOnCall()
        .MapNotifications()
        .MapEscalations()
        .MapAlerts()
        .MapHome();
}
