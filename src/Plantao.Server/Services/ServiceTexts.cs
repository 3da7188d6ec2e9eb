using Plantao.Platform.Text;

namespace Plantao.Services;

/// <summary>The words of the screens about services, in both languages.</summary>
public static class ServiceTexts
{
    public static Phrases All { get; } = new(new Dictionary<string, (string, string)>(StringComparer.Ordinal)
    {
        ["services"] = ("Services", "Serviços"),
        ["services.sub"] = ("What can break, whose it is, and who is asked.", "O que pode quebrar, de quem é e quem é acionado."),
        ["services.none"] = ("No service yet", "Ainda não há serviços"),
        ["services.none.text"] = ("A service is what can break: it has a team and an escalation policy, and alerts open on it.", "Um serviço é o que pode quebrar: tem um time e uma política de escalada, e alertas abrem nele."),
        ["services.more"] = ("More", "Mais"),
        ["services.make"] = ("New service", "Novo serviço"),
        ["edit"] = ("Edit", "Editar"),
        ["team"] = ("Team", "Time"),
        ["team.none"] = ("nobody's", "de ninguém"),
        ["team.none.text"] = ("Its alerts end at the catch-all: give it a team.", "Os alertas dele acabam na rede de segurança: dê um time a ele."),
        ["policy"] = ("Escalation policy", "Política de escalada"),
        ["policy.none"] = ("catch-all", "rede de segurança"),
        ["policy.none.text"] = ("no policy of its own", "sem política própria"),
        ["revision"] = ("Revision", "Revisão"),
        ["hours"] = ("Support hours", "Horário de atendimento"),
        ["hours.always"] = ("always", "sempre"),
        ["hours.outside"] = ("outside: {0}", "fora: {0}"),
        ["hours.raise"] = ("What is still open at low urgency becomes high when they begin.", "O que ainda está aberto com urgência baixa passa a alta quando começa."),
        ["about"] = ("What it is", "O que é"),
        ["about.none"] = ("Nothing is written yet. Who is woken at night and has never seen it would read it here.", "Nada escrito ainda. Quem for acordado à noite sem conhecer o serviço leria aqui."),
        ["urgency"] = ("How urgent an alert is", "Quão urgente é um alerta"),
        ["urgency.usual"] = ("As usual: critical, error, page, P1 to P3, an unknown word or none is high; warning, info, P4 and P5 are low.", "Como de costume: critical, error, page, P1 a P3, uma palavra desconhecida ou nenhuma é alta; warning, info, P4 e P5 são baixas."),
        ["urgency.word"] = ("The source says", "A origem diz"),
        ["urgency.means"] = ("Here it means", "Aqui significa"),
        ["urgency.otherwise"] = ("any other word, or none", "outra palavra, ou nenhuma"),
        ["urgency.route"] = ("What a route says comes first.", "O que uma rota diz vem antes."),
        ["high"] = ("high", "alta"),
        ["low"] = ("low", "baixa"),
        ["unchanged"] = ("unchanged", "sem mudança"),
    });
}
