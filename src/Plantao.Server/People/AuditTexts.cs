using Plantao.Platform.Text;

namespace Plantao.People;

/// <summary>The words of the audit screen, in both languages.</summary>
public static class AuditTexts
{
    public static Phrases All { get; } = new(new Dictionary<string, (string, string)>(StringComparer.Ordinal)
    {
        ["audit"] = ("Audit", "Auditoria"),
        ["audit.text"] = ("Everything that people, tokens and Plantão itself did. Entries are only ever added.", "Tudo o que pessoas, tokens e o próprio Plantão fizeram. Só se acrescenta; nada se altera."),
        ["entries"] = ("Entries", "Registros"),
        ["filter"] = ("Filter", "Filtrar"),
        ["clear"] = ("Clear filter", "Limpar filtro"),
        ["who"] = ("Who", "Quem"),
        ["who.hint"] = ("Handle, e-mail, id, token:…, or plantao", "Apelido, e-mail, id, token:… ou plantao"),
        ["kind"] = ("Kind", "Tipo"),
        ["kind.hint"] = ("As session.begun; session. for all of sessions", "Como session.begun; session. para tudo de sessões"),
        ["subject"] = ("About", "Sobre"),
        ["subject.hint"] = ("The id of an alert, a person, a team…", "O id de um alerta, uma pessoa, um time…"),
        ["from"] = ("From", "De"),
        ["until"] = ("Until", "Até"),
        ["bad-time"] = ("Write it as 2026-09-21T03:14.", "Escreva como 2026-09-21T03:14."),
        ["no-such-person"] = ("There is nobody of that name.", "Não há ninguém com esse nome."),
        ["when"] = ("When", "Quando"),
        ["what"] = ("What", "O quê"),
        ["facts"] = ("Facts", "Dados"),
        ["older"] = ("Older", "Mais antigos"),
        ["newest"] = ("Newest", "Mais recentes"),
        ["export"] = ("As CSV", "Como CSV"),
        ["empty"] = ("Nothing matches this filter", "Nada corresponde a este filtro"),
        ["empty.text"] = ("Widen the time, or clear the filter.", "Amplie o período ou limpe o filtro."),
        ["plantao"] = ("Plantão itself", "o próprio Plantão"),
    });
}
