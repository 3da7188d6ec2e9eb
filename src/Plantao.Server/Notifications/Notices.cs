using System.Text.Json;
using Plantao.Notifications.Channels;
using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao.Notifications;

/// <summary>Something said without asking.</summary>
public sealed record Notice(string TitleKey, IReadOnlyList<string> Values, string? Text = null)
{
    /// <summary>"Answered by ana: …", to the others who had been paged.</summary>
    public static Notice AnsweredBy(string name, string title) => new("notice.answered", [name, title]);

    /// <summary>A schedule, or all steps of a policy, will have nobody.</summary>
    /// <param name="kind"><c>schedule</c> or <c>policy</c>.</param>
    public static Notice Gap(string kind, string name, string from, string until, int others) =>
        new($"notice.gap.{kind}", [name, from, until], others == 0 ? null : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"+{others}"));

    /// <summary>A contact method stopped working.</summary>
    public static Notice MethodDisabled(string channel, string why) => new("notice.method-disabled", [channel], why);
}

/// <summary>Tells people things, without noise: one message by the first of their quiet methods.</summary>
public sealed class Notices(Vault vault)
{
    /// <summary>Mail and chat do not sound at night.</summary>
    static readonly string[] Quiet = ["email", "slack", "teams", "webhook", "ntfy"];

    /// <summary>Writes the message; nothing happens to who has no proven method.</summary>
    public async Task Tell(Tx tx, Recipient person, Notice notice, string? thread, int rank, string correlation, DateTimeOffset now)
    {
        if (person.Methods.MinBy(m => Array.IndexOf(Quiet, m.Channel) is >= 0 and var at ? at : Quiet.Length) is not { } method) return;
        await Send(tx, MessageKind.Notice, person.UserId, method.Channel, method.Id, NoticeTexts.Title(person.Language, notice.TitleKey, notice.Values), notice.Text, thread, rank, correlation, now);
    }

    /// <summary>Writes one message of our own to one contact method.</summary>
    public Task Send(Tx tx, MessageKind kind, string userId, string channel, string methodId, string title, string? text, string? thread, int rank, string correlation, DateTimeOffset now)
    {
        var id = Ids.New("dlv", now);
        var content = JsonSerializer.Serialize(new NoticeContent(title, text, [], null, thread), Json.Compact);
        return NotificationStore.Insert(tx, [new NewDelivery(id, null, methodId, kind, userId, channel, methodId, rank, now, vault.Seal(content, "content:" + id), now, correlation)]);
    }
}

/// <summary>The words of notices, in both languages.</summary>
public static class NoticeTexts
{
    static readonly Dictionary<string, (string En, string Pt)> All = new(StringComparer.Ordinal)
    {
        ["notice.answered"] = ("{0} has it: {1}", "{0} assumiu: {1}"),
        ["notice.method-disabled"] = ("Your contact method {0} stopped working and was switched off", "Seu meio de contato {0} parou de funcionar e foi desligado"),
        ["notice.gap.schedule"] = ("Nobody is on call on the schedule {0} from {1} to {2}", "Ninguém está de plantão na escala {0} de {1} a {2}"),
        ["notice.gap.policy"] = ("The escalation policy {0} would find nobody on call from {1} to {2}", "A política de escalonamento {0} não encontraria ninguém de plantão de {1} a {2}"),
        ["mail.invitation"] = ("You are invited to Plantão", "Você recebeu um convite para o Plantão"),
        ["mail.invitation.text"] = ("Open this link and choose how you sign in. It is good once, and until {0}.", "Abra este link e escolha como entrar. Ele vale uma vez e até {0}."),
        ["mail.reset"] = ("Your link for a new Plantão password", "Seu link para uma nova senha do Plantão"),
        ["mail.reset.text"] = ("Open it and set a new password. It is good once, and until {0}. If you did not ask for it, nothing has changed.", "Abra e defina uma nova senha. Ele vale uma vez e até {0}. Se você não pediu, nada mudou."),
        ["notice.swap"] = ("{0} asks to swap on the schedule {1}: your turn from {3}, theirs from {2}. Answer under On call", "{0} pede uma troca na escala {1}: seu turno de {3} pelo dela ou dele de {2}. Responda em De plantão"),
        ["page.still-on-it"] = ("Still on it? {0}", "Ainda com você? {0}"),
        ["notice.database-gone"] = ("Plantão takes no alerts: its database does not answer since {0}", "O Plantão não recebe alertas: o banco de dados não responde desde {0}"),
        ["notice.database-gone.text"] = ("The node {1} of {2} cannot write. Senders are refused with 503 and send again; what was accepted is kept; nobody is paged until the database is back. Look at the database, then at /health/ready.", "O nó {1} de {2} não consegue gravar. Quem envia recebe 503 e envia de novo; o que foi aceito está guardado; ninguém é acionado até o banco de dados voltar. Verifique o banco de dados e depois /health/ready."),
        ["notice.database-back"] = ("Plantão takes alerts again: its database was away since {0}", "O Plantão voltou a receber alertas: o banco de dados ficou fora desde {0}"),
        ["notice.database-back.text"] = ("The node {1} of {2} writes again. What waited is being paged now.", "O nó {1} de {2} voltou a gravar. O que esperava está sendo acionado agora."),
        ["notice.code"] = ("Your Plantão code is {0}", "Seu código do Plantão é {0}"),
        ["test.title"] = ("Test page: does this reach you?", "Acionamento de teste: isto chega até você?"),
        ["test.text"] = ("Nothing is wrong. Press the button, so that your team knows that you can be reached.", "Nada está errado. Aperte o botão, para que sua equipe saiba que você pode ser encontrado."),
        ["test.why"] = ("a test of your contact methods", "um teste dos seus meios de contato"),
        ["notice.code.text"] = ("Type it where you added this contact method. It holds for 10 minutes.", "Digite-o onde você adicionou este meio de contato. Vale por 10 minutos."),
    };

    /// <summary>The text of a key, filled in.</summary>
    public static string Title(string language, string key, params IReadOnlyList<string> values)
    {
        var (en, pt) = All[key];
        var text = language == "pt-BR" ? pt : en;
        for (var i = 0; i < values.Count; i++) text = text.Replace("{" + i.ToString(System.Globalization.CultureInfo.InvariantCulture) + "}", values[i], StringComparison.Ordinal);
        return text;
    }
}
