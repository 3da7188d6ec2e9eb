using System.Text.Json;
using Plantao.Platform.Text;

namespace Plantao.Alerts.Intake.Reports;

/// <summary>A person says that something is wrong: one of the team, or a customer through a form.</summary>
/// <remarks>
/// <c>{"title", "text", "who": "team"|"customer", "contact", "urgency": "high"|"low"}</c>; only title and who are required, and a member
/// that is none of these is refused. Who reported stands in the label <c>reported_by</c>, the urgency in <c>urgency</c> and as a word that
/// routes to it; the contact is personal, and only an annotation.
/// </remarks>
public static class Report
{
    static readonly string[] Known = ["title", "text", "who", "contact", "urgency"];

    /// <returns>202, or 400 with problem+json that names the member; then nothing is taken.</returns>
    public static Taken Take(ReadOnlySpan<byte> body, IntakeContext context)
    {
        if (!JsonText.TryParse(body, out var document, out var problem)) return Answers.Refuse(problem);

        using (document)
        {
            var given = document.RootElement;
            if (given.ValueKind != JsonValueKind.Object) return Answers.Refuse("The body must be an object.");
            foreach (var member in given.EnumerateObject())
            {
                if (!Known.Contains(member.Name, StringComparer.Ordinal))
                    return Answers.Refuse($"{TextNormaliser.Line(member.Name, IntakeLimits.LabelName)} is not a member of a report: these are {string.Join(", ", Known)}.");
                if (member.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
                    return Answers.Refuse($"{member.Name} must be a string.");
            }

            var title = TextNormaliser.Line(given.Text("title"), IntakeLimits.Title);
            if (title.Length == 0) return Answers.Refuse("title is missing: say in one line what is wrong.");
            if (given.Text("who") is not ("team" or "customer")) return Answers.Refuse("who must be team or customer.");
            if (given.Member("urgency") is not null && given.Text("urgency") is not ("high" or "low")) return Answers.Refuse("urgency must be high or low.");

            var text = TextNormaliser.Lines(given.Text("text"), IntakeLimits.Text);
            var contact = TextNormaliser.Line(given.Text("contact"), IntakeLimits.LabelName);
            return new Taken([new Reading(ReadingKind.Firing, DedupKey: null, title)
            {
                Text = text.Length > 0 ? text : null,
                SourceSeverity = given.Text("urgency") switch { "high" => "error", "low" => "warning", _ => null },
                Labels = LabelSet.Labels([KeyValuePair.Create("reported_by", given.Text("who")!), KeyValuePair.Create("urgency", given.Text("urgency") ?? "")]),
                Annotations = contact.Length > 0 ? LabelSet.Annotations([KeyValuePair.Create("contact", contact)]) : LabelSet.Empty,
            }], Answers.Accepted);
        }
    }
}
