using Plantao.Definitions;
using Plantao.Definitions.Kinds;
using Plantao.OnCall.Pages;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Doctor;
using Plantao.Platform.Web;

namespace Plantao.OnCall;

/// <summary>All that Rooms.cs knows of being on call.</summary>
public static class OnCallRoom
{
    public static IServiceCollection AddOnCall(this IServiceCollection services) => services
        .AddSingleton<OnCallStore>()
        .AddStoredDocuments<OnCallStore>((store, ct) => store.All(ct))
        .AddSingleton(ApplySchedule.Definition)
        .AddSingleton<IDefinitionKind>(ServiceKind.Kind.With(SupportHours.Problems))
        .AddSingleton<IApplyDefinition, ApplySchedule>()
        .AddSingleton<INamePeople, PeopleOnCall>()
        .AddSingleton<IForgetPeople, PeopleOnCall>()
        .AddSingleton<Swaps>()
        .AddSingleton<OnCallDesk>()
        .AddSingleton<CalendarDesk>()
        .AddPanel<User, CalendarLink>("main", 20)
        .AddRefusalTexts(OnCallTexts.Refusals)
        .AddNavigation(new("on-call", NavigationPart.Respond, 40, "oncall", "/on-call", OnCallTexts.All, "on-call", Right.ReadOnCall, Tab: 40))
        .AddSingleton<IDoctorCheck, CoverageCheck>();

    public static IEndpointRouteBuilder MapOnCall(this IEndpointRouteBuilder routes)
    {
        OnCallEndpoints.Map(routes);
        OnCallScreens.Map(routes);
        CalendarEndpoints.Map(routes);
        return routes;
    }
}
