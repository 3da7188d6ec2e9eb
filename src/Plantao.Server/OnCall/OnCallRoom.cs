using Plantao.Definitions;
using Plantao.Definitions.Kinds;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Doctor;

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
        .AddSingleton<IDoctorCheck, CoverageCheck>();

    public static IEndpointRouteBuilder MapOnCall(this IEndpointRouteBuilder routes)
    {
        OnCallEndpoints.Map(routes);
        return routes;
    }
}
