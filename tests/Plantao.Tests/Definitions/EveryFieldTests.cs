using Plantao.Definitions;
using Plantao.Definitions.Kinds;
using Plantao.Tests.Alerts;
using Plantao.Tests.Alerts.Api;
using Plantao.Tests.Alerts.Intake;
using Plantao.Tests.OnCall;
using Plantao.Tests.Stories;

namespace Plantao.Tests.Definitions;

/// <summary>Nothing is accepted and ignored: each field names the tests that see its effect. A new one fails until it has some.</summary>
public class EveryFieldTests
{
    /// <summary>What people alone read: kept, shown and exported as it was written.</summary>
    static readonly Type Shown = typeof(RoundTripTests);

    static readonly IReadOnlyDictionary<string, Type> Seen = new Dictionary<string, Type>(StringComparer.Ordinal)
    {
        ["severities title"] = Shown,
        ["severities team"] = typeof(UrgencyStories),
        ["severities labels"] = typeof(UrgencyStories),
        ["severities labels.label"] = typeof(UrgencyStories),
        ["severities labels.rank"] = typeof(UrgencyStories),
        ["severities labels.aliases"] = typeof(FieldStories),
        ["severities labels.text"] = Shown,
        ["service title"] = Shown,
        ["service team"] = typeof(FieldStories),
        ["service escalation_policy"] = typeof(PackStory),
        ["service text"] = typeof(UrgencyStories),
        ["service urgency"] = typeof(UrgencyStories),
        ["service urgency.words"] = typeof(UrgencyStories),
        ["service urgency.otherwise"] = typeof(UrgencyStories),
        ["service support_hours"] = typeof(UrgencyStories),
        ["service support_hours.zone"] = typeof(UrgencyStories),
        ["service support_hours.times"] = typeof(UrgencyStories),
        ["service support_hours.outside"] = typeof(UrgencyStories),
        ["service support_hours.raise"] = typeof(UrgencyStories),
        ["schedule title"] = typeof(FieldStories),
        ["schedule team"] = typeof(FieldStories),
        ["schedule zone"] = typeof(EveryZoneTests),
        ["schedule layers"] = typeof(WhoIsOnCallTests),
        ["schedule layers.name"] = typeof(LeavingStory),
        ["schedule layers.people"] = typeof(LeavingStory),
        ["schedule layers.rotation"] = typeof(WhoIsOnCallTests),
        ["schedule layers.handoff"] = typeof(WhoIsOnCallTests),
        ["schedule layers.start"] = typeof(WhoIsOnCallTests),
        ["schedule layers.end"] = typeof(WhoIsOnCallTests),
        ["schedule layers.turns_from"] = typeof(WhoIsOnCallTests),
        ["schedule layers.only"] = typeof(WhoIsOnCallTests),
        ["escalation-policy title"] = Shown,
        ["escalation-policy team"] = typeof(FieldStories),
        ["escalation-policy steps"] = typeof(PackStory),
        ["escalation-policy steps.targets"] = typeof(LeavingStory),
        ["escalation-policy steps.otherwise"] = typeof(FieldStories),
        ["escalation-policy steps.wait"] = typeof(LeavingStory),
        ["escalation-policy rounds"] = typeof(FieldStories),
        ["escalation-policy catch_all"] = typeof(FieldStories),
        ["route title"] = Shown,
        ["route team"] = typeof(FieldStories),
        ["route position"] = typeof(FieldStories),
        ["route rules"] = typeof(UrgencyStories),
        ["route rules.title"] = typeof(UrgencyStories),
        ["route rules.match"] = typeof(UrgencyStories),
        ["route rules.service"] = typeof(FieldStories),
        ["route rules.severity"] = typeof(FieldStories),
        ["route rules.urgency"] = typeof(UrgencyStories),
        ["route rules.escalation_policy"] = typeof(FieldStories),
        ["route rules.group_by"] = typeof(FieldStories),
        ["route rules.continue"] = typeof(FieldStories),
        ["integration title"] = Shown,
        ["integration service"] = typeof(PackStory),
        ["integration team"] = typeof(FieldStories),
        ["integration format"] = typeof(IntegrationApiTests),
        ["integration mapping"] = typeof(GenericJsonTests),
        ["integration signature"] = typeof(SecretStory),
        ["integration signature.scheme"] = typeof(SecretStory),
        ["integration signature.secrets"] = typeof(SecretStory),
        ["integration signature.header"] = typeof(SecretStory),
        ["integration heartbeat"] = typeof(IntegrationApiTests),
        ["integration heartbeat.period"] = typeof(IntegrationApiTests),
        ["integration heartbeat.grace"] = typeof(IntegrationApiTests),
        ["integration lenient_severity"] = typeof(PagerDutyTests),
        ["integration resolve_timeout"] = typeof(FieldStories),
        ["integration resolve_after"] = typeof(UrgencyStories),
    };

    static IEnumerable<string> Fields(RecordShape shape, string prefix) => shape.Fields.SelectMany(field => (field.Shape switch
    {
        // A mapping is read as a whole by the generic format, member by member.
        RecordShape inner when field.Name != "mapping" => Fields(inner, $"{prefix}{field.Name}."),
        ListShape { Item: RecordShape inner } => Fields(inner, $"{prefix}{field.Name}."),
        _ => [],
    }).Prepend(prefix + field.Name));

    [Fact]
    public void Every_field_of_every_kind_has_tests_that_see_its_effect() => Assert.Equal(
        StandardKinds.All.SelectMany(kind => Fields(kind.Shape, kind.Name + " ")).Order(StringComparer.Ordinal),
        Seen.Keys.Order(StringComparer.Ordinal));
}
