using Plantao.Notifications.Channels;
using Plantao.Platform.Egress;

namespace Plantao.Tests.Notifications.Channels;

/// <summary>Messages that the tests send.</summary>
static class Sample
{
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    public static readonly EgressPolicy Loopback = new() { AllowLoopback = true };

    public static readonly ChannelOptions Options = new() { Host = "plantao.example.org", Policy = Loopback, SlackHosts = ["hooks.slack.com", "127.0.0.1"], TeamsDomains = ["logic.azure.com", "127.0.0.1"] };

    public static Outgoing Page(string address) => new(
        "dlv_01jd7k2m9q", MessageKind.Page, address, "en",
        "Checkout is down", "5xx above 20 % for 5 min.\nLast deploy 12 min ago.",
        [("Service", "checkout"), ("Severity", "SEV0"), ("Team", "Pagamentos & Cobrança")],
        Rank: 0, Attempt: 1, Repeat: false,
        "https://plantao.example.org/a/plt_p_4yKQ9r8GKYqrTwjU", "https://plantao.example.org/alerts/alr_1", "grp_01jd7k2m9q", First: true, "4711",
        "cor-1", new DateTimeOffset(2026, 11, 24, 10, 22, 17, TimeSpan.Zero), Secret);

    public static Outgoing Acionamento(string address) => Page(address) with
    {
        Language = "pt-BR",
        Title = "Checkout fora do ar: não há conexão",
        Text = "Erros 5xx acima de 20 % há 5 min.",
        Facts = [("Serviço", "checkout"), ("Severidade", "SEV0")],
        Repeat = true,
        First = false,
        Id = "dlv_01jd7k2m9r",
    };
}

/// <summary>A clock that stands still.</summary>
sealed class Still(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
