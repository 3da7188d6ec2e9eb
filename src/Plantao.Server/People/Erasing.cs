using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Plantao.Platform;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.People;

/// <summary>A room above forgets what it keeps of a person's name.</summary>
public interface IForgetPeople
{
    /// <summary>Puts <paramref name="instead"/> where it keeps the handle or the name that people read.</summary>
    Task Forget(Tx tx, User user, string instead);
}

/// <summary>Blanks the name and the texts of somebody who asked for it (design §15, Retention). What they did stays, under their id; the journal's chain stays whole, for it covers a digest.</summary>
static class Erasing
{
    public static async Task<Refusal?> Erase(Tx tx, string user, IEnumerable<IForgetPeople> rooms, Call call)
    {
        if (await UserEndpoints.Locked(tx, user) is not { } before) return UserEndpoints.NoSuchPerson;
        if (before.Status is not UserStatus.Deactivated) return new("not-deactivated", $"{before.Name} is {before.Status}. Deactivate them first, so that others take what names them. Nothing was changed.");
        // The end of the id is chance: it tells nothing, and is as unique as the id.
        var instead = "erased-" + before.Id[^10..].ToLowerInvariant();
        foreach (var room in rooms) await room.Forget(tx, before, instead);

        await tx.Execute($"UPDATE users SET name = {instead}, display_name = {instead}, email = {instead + "@erased.invalid"}, zone = 'Etc/UTC' WHERE id = {before.Id}");
        await tx.Execute($"DELETE FROM contact_codes WHERE contact_method_id IN (SELECT id FROM contact_methods WHERE user_id = {before.Id})");
        await tx.Execute($"DELETE FROM contact_methods WHERE user_id = {before.Id}");
        await tx.Execute($"DELETE FROM notification_rules WHERE user_id = {before.Id}");
        await tx.Execute($"DELETE FROM sessions WHERE user_id = {before.Id}");
        foreach (var table in (Sql[])[Sql.Own("passwords"), Sql.Own("second_factors"), Sql.Own("recovery_codes"), Sql.Own("calendar_feeds")]) await tx.Execute($"DELETE FROM {table} WHERE user_id = {before.Id}");
        await tx.Execute($"DELETE FROM invitations WHERE user_id = {before.Id}");
        await tx.Execute($"UPDATE api_tokens SET name = {instead} WHERE user_id = {before.Id}");

        // The text with its salt, of all that this person wrote, that is about them, or that names them.
        await tx.Execute($"DELETE FROM journal_texts WHERE entry_id IN (SELECT id FROM journal WHERE subject = {before.Id} OR actor = {before.Id})");
        foreach (var name in (string[])[before.Email, before.DisplayName, before.Name])
            foreach (var (id, text) in await tx.Query($"SELECT entry_id, text FROM journal_texts WHERE lower(text) LIKE {Pattern(name.ToLowerInvariant())} ESCAPE '!' OR text LIKE {Pattern(name)} ESCAPE '!'", r => (Id: r.Text(0), Text: r.Text(1))))
                if (Handles.Stands(text, name)) await tx.Execute($"DELETE FROM journal_texts WHERE entry_id = {id}");
        await tx.Journal(Entry.Of("user.erased", before.Id, call.By, call.At, call.Correlation));
        return null;
    }

    static string Pattern(string text) => "%" + text.Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal) + "%";
}

/// <summary>Finds a handle or name in what others wrote, and puts another in its place.</summary>
public static class Handles
{
    static readonly JsonSerializerOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };   // stored, never put into HTML as it is

    /// <summary>Whether it stands there as a word of its own, whatever the case: <c>ana</c> does not stand in <c>banana</c>.</summary>
    public static bool Stands(string text, string name) => At(text, name, 0) >= 0;

    public static string Replace(string text, string name, string instead)
    {
        var replaced = new StringBuilder(text.Length);
        var from = 0;
        for (int at; (at = At(text, name, from)) >= 0; from = at + name.Length) replaced.Append(text, from, at - from).Append(instead);
        return replaced.Append(text, from, text.Length - from).ToString();
    }

    /// <summary>A JSON document in which every string that is the handle, or <c>person:</c> and the handle, names another.</summary>
    public static string ReplaceIn(string json, string name, string instead) => Walk(JsonNode.Parse(json), name, instead)!.ToJsonString(Writing);

    static JsonNode? Walk(JsonNode? node, string name, string instead) => node switch
    {
        JsonObject members => new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, Walk(m.Value, name, instead)))),
        JsonArray items => new JsonArray([.. items.Select(item => Walk(item, name, instead))]),
        JsonValue value when value.TryGetValue<string>(out var text) && text == name => JsonValue.Create(instead),
        JsonValue value when value.TryGetValue<string>(out var text) && text == "person:" + name => JsonValue.Create("person:" + instead),
        _ => node?.DeepClone(),
    };

    /// <summary>Where it stands next as a word of its own; -1 when nowhere.</summary>
    static int At(string text, string name, int from)
    {
        for (var at = from; name.Length > 0 && (at = text.IndexOf(name, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
            if (!(at > 0 && OfWord(text[at - 1])) && !(at + name.Length < text.Length && OfWord(text[at + name.Length]))) return at;
        return -1;
    }

    static bool OfWord(char c) => char.IsLetterOrDigit(c) || c is '_' or '-';
}
