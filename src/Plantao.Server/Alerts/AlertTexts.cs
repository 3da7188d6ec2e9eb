using System.Globalization;
using Plantao.Platform.Text;

namespace Plantao.Alerts;

/// <summary>Which way an alert took and what resolved it, and what Plantão raises by itself, in both languages.</summary>
public static class AlertTexts
{
    public static Phrases All { get; } = new(new Dictionary<string, (string, string)>(StringComparer.Ordinal)
    {
        ["routed.rule"] = ("route {0} rule {1}", "rota {0} regra {1}"),
        ["routed.titled"] = ("route {0} rule {1} ({2})", "rota {0} regra {1} ({2})"),
        ["routed.integration"] = ("service of integration {0}", "serviço da integração {0}"),
        ["routed.catch-all"] = ("no route: catch-all", "nenhuma rota: último recurso"),
        [Alerts.ResolvedBy.StatedEnd] = ("plantao: its stated end passed", "plantao: o fim que a origem informou passou"),
        [Alerts.ResolvedBy.Quiet] = ("plantao: quiet for 10 min", "plantao: 10 min sem sinal"),
        [Alerts.ResolvedBy.Age] = ("plantao: nothing heard of it for long", "plantao: sem notícia há muito tempo"),
        ["own.silent"] = ("The heartbeat {0} is silent", "O sinal de vida {0} parou"),
        ["own.silent.text"] = ("Last heard {0} UTC; expected every {1}.", "Último sinal {0} UTC; esperado a cada {1}."),
        ["own.silent.never"] = ("Never heard; expected every {0}.", "Nunca veio; esperado a cada {0}."),
        ["own.back"] = ("The heartbeat {0} is back", "O sinal de vida {0} voltou"),
        ["own.limited"] = ("The integration {0} sends more than it may", "A integração {0} envia mais do que pode"),
        ["own.refused"] = ("The integration {0} sends what cannot be taken", "A integração {0} envia o que não pode ser aceito"),
    });

    /// <summary>The way that an alert took, one piece after the other.</summary>
    public static string Routed(string language, string kept) => string.Join(", ", kept.Split('\n').Select(piece => All.Read(language, piece)));

    /// <summary>Who or what resolved it: a person's or an integration's name as it is, our own reasons in words.</summary>
    public static string? ResolvedBy(string language, string? kept) => kept is null ? null : All.Read(language, kept);

    /// <summary>A sentence of Plantão's own, in the organisation's language: an alert is one for all who read it.</summary>
    public static string Say(string language, string key, params IReadOnlyList<string> values) => All.Read(language, All.Keep(key, values));

    internal static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
