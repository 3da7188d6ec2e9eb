using Plantao.Platform.Text;

namespace Plantao.Notifications;

/// <summary>Why somebody is paged, and what a hop says, in both languages.</summary>
public static class TrailTexts
{
    public static Phrases All { get; } = new(new Dictionary<string, (string, string)>(StringComparer.Ordinal)
    {
        ["why.step"] = ("{0}: step {1} of {2}, round {3} ({4})", "{0}: degrau {1} de {2}, rodada {3} ({4})"),
        ["why.low"] = ("low urgency", "urgência baixa"),
        ["why.still"] = ("still on it?", "ainda está com você?"),
        ["why.forgotten"] = ("acknowledged and forgotten: open again", "assumido e esquecido: aberto de novo"),
        ["why.passed-on"] = ("passed on to you", "repassado para você"),
        ["why.catch-all"] = ("catch-all: nobody answered", "último recurso: ninguém respondeu"),
        ["hop.held"] = ("more pages than one person can read; sent together within the minute", "mais acionamentos do que alguém consegue ler; enviados juntos em até um minuto"),
        ["hop.no-method"] = ("no proven contact method", "nenhum meio de contato confirmado"),
        ["hop.not-sent"] = ("not sent: answered or over", "não enviado: respondido ou terminado"),
    });

    /// <summary>What our own facts are called; a label of the alert keeps its name.</summary>
    public static string FactName(string language, string name) => language == "pt-BR"
        ? name switch { "service" => "serviço", "severity" => "gravidade", "about" => "sobre o serviço", "why" => "por que você", _ => name }
        : name;
}
