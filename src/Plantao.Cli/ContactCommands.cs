using System.CommandLine;
using Plantao.Client;

namespace Plantao.Cli;

/// <summary><c>plantao contact</c>: how the caller is reached.</summary>
static class ContactCommands
{
    public static void Fill(Verbs contact)
    {
        var id = new Argument<string>("id") { Description = "The contact method's id." };
        contact.Verb("list", "How you are reached, first to last.", [], async it => Show(it, await it.Server.ContactMethods(it.Stop)));

        var channel = new Argument<string>("channel") { Description = "email, slack, teams, webhook or ntfy." };
        var address = new Argument<string>("address") { Description = "Where, on that channel." };
        var secret = new Option<string?>("--secret") { Description = "Signs messages to a webhook. \"-\" reads it from standard input." };
        contact.Verb("add", "A new contact method. A code is sent there; it counts once the code came back.", [channel, address, secret], async it =>
        {
            var key = it.Of(secret) is "-" ? (await it.In.ReadLineAsync(it.Stop))?.Trim() : it.Of(secret);
            var added = await it.Server.AddContactMethod(new(it.Of(channel), it.Of(address), key), it.Stop);
            return it.Done(added, $"A code is on its way. When it is there: plantao contact prove {added.Id} CODE");
        });

        contact.Verb("code", "Sends a new code.", [id], async it =>
        {
            await it.Server.SendContactCode(it.Of(id), it.Stop);
            return it.Done($"A code is on its way. When it is there: plantao contact prove {it.Of(id)} CODE");
        });

        var code = new Argument<string>("code") { Description = "The six digits that arrived." };
        contact.Verb("prove", "Gives the code back.", [id, code], async it =>
        {
            var proven = await it.Server.ProveContactMethod(it.Of(id), new(it.Of(code)), it.Stop);
            return it.Done(proven, $"{proven.Channel} {proven.Address} is proven: pages go there from now on.");
        });

        var ids = new Argument<string[]>("id") { Description = "All of your contact methods, each once, first to last.", Arity = ArgumentArity.OneOrMore };
        contact.Verb("order", "Says which comes first.", [ids], async it => Show(it, await it.Server.OrderContactMethods(new(it.Of(ids)), it.Stop)));

        contact.Verb("test", "A test page to yourself, by every proven contact method.", [], async it =>
        {
            var sent = await it.Server.TestPage(null, it.Stop);
            return it.Done(sent, "A test page is on its way: press its button. plantao oncall contacts shows when it was answered.");
        });

        contact.Verb("remove", "Removes one.", [id], async it =>
        {
            await it.Server.RemoveContactMethod(it.Of(id), it.Stop);
            return it.Done($"{it.Of(id)} is removed.");
        });
    }

    static int Show(Errand it, IReadOnlyList<ContactMethodView> methods) => it.Show(methods,
        ("ID", m => m.Id), ("CHANNEL", m => m.Channel), ("STATE", m => m.DisabledAt is null ? m.Verified ? "proven" : "not proven" : $"off: {m.DisabledWhy}"), ("ADDRESS", m => m.Address));
}
