using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;

namespace Plantao.People;

/// <summary>Something that names a person and must go on without them.</summary>
/// <param name="Key">What a replacement is given for, such as <c>schedule/checkout</c>.</param>
/// <param name="What">A line for a person to read.</param>
public sealed record Mention(string Key, string What);

/// <summary>A room above says where it names people, and puts somebody else there.</summary>
public interface INamePeople
{
    Task<IReadOnlyList<Mention>> Mentions(Tx tx, User user);

    /// <summary>Puts <paramref name="replacement"/> where <paramref name="user"/> was, and writes its own entry of the journal.</summary>
    Task Replace(Tx tx, string key, User user, User replacement, string by, DateTimeOffset at, string correlation);
}

/// <summary>Deactivates a person: what names them goes to others, sessions, tokens and the calendar's address end at once.</summary>
static class Leaving
{
    /// <param name="Named">What still names the person, when that is why it was refused.</param>
    public sealed record Outcome(User? User, Refusal? Refusal, IReadOnlyList<Mention>? Named = null);

    public static async Task<Outcome> Deactivate(Tx tx, string user, IReadOnlyDictionary<string, string> replacements, IEnumerable<INamePeople> rooms, Call call)
    {
        if (await UserEndpoints.Locked(tx, user) is not { } before) return new(null, UserEndpoints.NoSuchPerson);
        if (before.Role is OrganisationRole.Owner && !call.Caller.May(Right.Own)) return new(null, call.NotAllowed(Right.Own));
        if (await UserEndpoints.LastOwner(tx, before)) return new(null, UserEndpoints.LastOwnerStays);
        if (before.Status is UserStatus.Deactivated) return new(before, null);

        // All is looked up before anything is put elsewhere: a refusal leaves everything as it was.
        var moves = new List<(INamePeople Room, string Key, User To)>();
        var open = new List<Mention>();
        foreach (var room in rooms)
        {
            foreach (var mention in await room.Mentions(tx, before))
            {
                if (!replacements.TryGetValue(mention.Key, out var name))
                    open.Add(mention);
                else if (await UserStore.Named(tx, name) is { Status: UserStatus.Active } to && to.Id != before.Id)
                    moves.Add((room, mention.Key, to));
                else
                    return new(null, new Refusal("no-such-replacement", $"For {mention.Key} an active person is needed; there is none of that name.", 400));
            }
        }

        if (open.Count > 0)
            return new(null, new Refusal("still-named", $"{before.Name} is named in {open.Count} places that need somebody else. Nothing was changed; send replacements for each."), open);
        foreach (var (room, key, to) in moves) await room.Replace(tx, key, before, to, call.By, call.At, call.Correlation);

        var after = before with { Status = UserStatus.Deactivated };
        await UserStore.Change(tx, before, after, call.By, call.At, call.Correlation);
        await SessionStore.EndAllOf(tx, before.Id, call.At);
        await TokenStore.RevokeAllOf(tx, before.Id, call.At);
        await Invitations.EndAllOf(tx, before.Id, call.At);
        await CalendarFeeds.End(tx, before.Id, call.By, call.At, call.Correlation);
        return new(after, null);
    }
}
