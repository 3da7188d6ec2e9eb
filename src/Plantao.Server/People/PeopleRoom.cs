using Plantao.People.Pages;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Doctor;
using Plantao.Platform.Web;

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
        .AddSingleton<CalendarFeeds>()
        .AddWorker<ResetWorker>()
        .AddSingleton<TokenIdentify>()
        .AddSingleton<IIdentify>(provider => provider.GetRequiredService<TokenIdentify>())
        .AddSingleton<Passwords>()
        .AddSingleton<SecondFactors>()
        .AddSingleton<SignInTries>()
        .AddSingleton<Account>()
        .AddSingleton<PeopleDesk>()
        .AddSingleton<OwnDesk>()
        .AddRefusalTexts(AccessTexts.Refusals)
        .AddNavigation(new("audit", NavigationPart.Configure, 90, "list", "/audit", AuditTexts.All, "audit", Right.ReadAudit))
        .AddRefusalTexts(PeopleTexts.Refusals)
        .AddNavigation(new("people", NavigationPart.Configure, 60, "user", "/people", PeopleTexts.All, "people", Right.ReadPeople))
        .AddNavigation(new("teams", NavigationPart.Configure, 61, "users", "/teams", PeopleTexts.All, "teams", Right.ReadPeople))
        .AddPanel<User, OwnLinks>("main", 10)
        .AddPanel<User, ResetLink>("manage", 10)
        .AddSingleton<IKnowViewers, Viewers>()
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
        AuditScreens.Map(routes);
        SetupEndpoints.Map(routes);
        RetentionEndpoints.Map(routes);
        SignInScreens.Map(routes);
        AccountScreens.Map(routes);
        PeopleScreens.Map(routes);
        OwnScreens.Map(routes);
        ResetScreens.Map(routes);
        return routes;
    }
}
