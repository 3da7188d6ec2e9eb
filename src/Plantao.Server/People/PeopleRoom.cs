using Plantao.Platform.Access;
using Plantao.Platform.Doctor;

namespace Plantao.People;

/// <summary>All that Rooms.cs knows of people.</summary>
public static class PeopleRoom
{
    public static IServiceCollection AddPeople(this IServiceCollection services) => services
        .AddSingleton<UserStore>()
        .AddSingleton<TeamStore>()
        .AddSingleton<ContactMethodStore>()
        .AddSingleton<NotificationRuleStore>()
        .AddSingleton<TokenStore>()
        .AddSingleton<SessionStore>()
        .AddSingleton<IIdentify, TokenIdentify>()
        .AddSingleton<ISendCode, NoChannels>()
        .AddSingleton<IDoctorCheck, ReachableCheck>()
        .AddSingleton<Setup>();

    public static IEndpointRouteBuilder MapPeople(this IEndpointRouteBuilder routes)
    {
        UserEndpoints.Map(routes);
        TeamEndpoints.Map(routes);
        ContactEndpoints.Map(routes);
        TokenEndpoints.Map(routes);
        AuditEndpoints.Map(routes);
        SetupEndpoints.Map(routes);
        RetentionEndpoints.Map(routes);
        return routes;
    }
}
