using System.Text.Json.Nodes;
using Plantao.Definitions;
using Plantao.People;
using Plantao.Platform.Storage;

namespace Plantao.OnCall;

/// <summary>Where schedules and overrides name somebody who leaves, and how another takes their turns.</summary>
sealed class PeopleOnCall(DefinitionStore definitions, TimeProvider clock) : INamePeople, IForgetPeople
{
    const string OfSchedule = "schedule/", OfOverride = "override/";

    public async Task<IReadOnlyList<Mention>> Mentions(Tx tx, User user)
    {
        var mentions = new List<Mention>();
        foreach (var schedule in await DefinitionStore.OfKind(tx, "schedule"))
        {
            var layers = Layers(JsonNode.Parse(schedule.Document)!.AsObject()).Where(layer => People(layer).Any(person => Is(person, user))).Select(layer => layer["name"]!.GetValue<string>()).ToList();
            if (layers.Count > 0) mentions.Add(new(OfSchedule + schedule.Key.Name, $"schedule {schedule.Key.Name}: takes turns in {string.Join(", ", layers)}"));
        }

        foreach (var put in await Overrides(tx, user))
            mentions.Add(new(OfOverride + put.Id, put.UserId == user.Id
                ? $"override on schedule {put.Schedule}: on call {put.From:yyyy-MM-dd HH:mm} to {put.Until:yyyy-MM-dd HH:mm} UTC"
                : $"override on schedule {put.Schedule}: another is on call instead, {put.From:yyyy-MM-dd HH:mm} to {put.Until:yyyy-MM-dd HH:mm} UTC"));
        return mentions;
    }

    public async Task Replace(Tx tx, string key, User user, User replacement, string by, DateTimeOffset at, string correlation)
    {
        if (key.StartsWith(OfSchedule, StringComparison.Ordinal))
        {
            await definitions.Edit(tx, new("schedule", key[OfSchedule.Length..]), document =>
            {
                foreach (var people in Layers(document).Select(People))
                    for (var i = 0; i < people.Count; i++)
                        if (Is(people[i], user)) people[i] = replacement.Name;
                return true;
            }, new Authorship(by, at, correlation, "somebody left and another takes the turns"));
            return;
        }

        var id = key[OfOverride.Length..];
        var put = (await Overrides(tx, user)).Single(o => o.Id == id);
        var (who, instead) = (put.UserId == user.Id ? replacement.Id : put.UserId, put.Replaces == user.Id ? replacement.Id : put.Replaces);
        // In for themselves: the override says nothing any more.
        if (who == instead) await tx.Execute($"UPDATE overrides SET ended_at = {at} WHERE id = {id}");
        else await tx.Execute($"UPDATE overrides SET user_id = {who}, replaces = {instead} WHERE id = {id}");
        await tx.Journal(Platform.Journal.Entry.Of(who == instead ? "override.ended" : "override.changed", id, by, at, correlation, new { schedule = put.Schedule, user = who, replaces = instead }));
    }

    /// <inheritdoc/>
    public async Task Forget(Tx tx, User user, string instead)
    {
        foreach (var (name, document) in await tx.Query($"SELECT name, doc FROM schedules", r => (r.Text(0), r.Text(1))))
            if (Handles.ReplaceIn(document, user.Name, instead) is var after && after != document) await tx.Execute($"UPDATE schedules SET doc = {after} WHERE name = {name}");
        tx.Wake(Topics.Definitions);
    }

    /// <summary>Overrides that have not ended and name the person, as who is in or as who is out.</summary>
    Task<IReadOnlyList<(string Id, string Schedule, string UserId, string? Replaces, DateTimeOffset From, DateTimeOffset Until)>> Overrides(Tx tx, User user) => tx.Query(
        $"SELECT id, schedule, user_id, replaces, from_at, until_at FROM overrides WHERE (user_id = {user.Id} OR replaces = {user.Id}) AND ended_at IS NULL AND until_at > {clock.GetUtcNow()} ORDER BY id {tx.Db.ForUpdate}",
        r => (r.Text(0), r.Text(1), r.Text(2), r.TextOrNull(3), r.At(4), r.At(5)));

    static IEnumerable<JsonObject> Layers(JsonObject schedule) => schedule["layers"]!.AsArray().Select(layer => layer!.AsObject());

    static JsonArray People(JsonObject layer) => layer["people"]!.AsArray();

    static bool Is(JsonNode? person, User user) => person!.GetValue<string>() == user.Name;
}
