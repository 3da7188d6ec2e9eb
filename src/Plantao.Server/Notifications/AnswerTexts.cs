namespace Plantao.Notifications;

/// <summary>The words of the screen behind a page's link, in both languages.</summary>
public static class AnswerTexts
{
    static readonly Dictionary<string, (string En, string Pt)> All = new(StringComparer.Ordinal)
    {
        ["answer.title"] = ("You are paged", "Você foi acionado"),
        ["answer.test"] = ("A test: does it reach you?", "Um teste: chega até você?"),
        ["answer.open"] = ("Open it in Plantão", "Abrir no Plantão"),
        ["answer.open.text"] = ("(asks you to sign in)", "(pede para entrar)"),
        ["answer.acknowledge"] = ("I have it", "Eu assumo"),
        ["answer.pass-on"] = ("Not me: next person", "Não posso: próxima pessoa"),
        ["answer.reached-me"] = ("It reached me", "Chegou até mim"),
        ["answer.tested"] = ("Good: pages reach you here.", "Certo: os acionamentos chegam até você aqui."),
        ["answer.why"] = ("Why you", "Por que você"),
        ["answer.since"] = ("since", "desde"),
        ["answer.with"] = ("And with the same answer, {0} more", "E, com a mesma resposta, mais {0}"),
        ["answer.gone"] = ("This link has ended", "Este link expirou"),
        ["answer.gone.text"] = ("The page was answered or is over, or the link is older than a day. Open Plantão to see how things stand.", "O acionamento foi respondido ou terminou, ou o link tem mais de um dia. Abra o Plantão para ver a situação."),
        ["answer.acknowledged"] = ("You have it. Nobody else is paged.", "Você assumiu. Ninguém mais será acionado."),
        ["answer.extended"] = ("Still yours, for another 30 minutes.", "Continua com você por mais 30 minutos."),
        ["answer.already"] = ("{0} was first and has it.", "{0} foi mais rápido e já assumiu."),
        ["answer.passed-on"] = ("Passed on: the next person is being paged.", "Repassado: a próxima pessoa está sendo acionada."),
        ["answer.over"] = ("It is over already. Nothing to do.", "Já terminou. Nada a fazer."),
    };

    /// <summary>Every key, for the test that both languages have them.</summary>
    public static IReadOnlyCollection<string> Keys => All.Keys;

    public static string Of(string language, string key, string? value = null)
    {
        var (en, pt) = All[key];
        return (language == "pt-BR" ? pt : en).Replace("{0}", value ?? "?", StringComparison.Ordinal);
    }
}
