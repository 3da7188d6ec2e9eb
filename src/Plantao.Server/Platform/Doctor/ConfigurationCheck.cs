using System.Collections;
using System.Net;

namespace Plantao.Platform.Doctor;

/// <summary>Whether what the server is started with is understood, and fit for more than a trial.</summary>
sealed class ConfigurationCheck(ServeOptions options) : IDoctorCheck
{
    /// <summary>Every variable that any part of the program reads.</summary>
    static readonly string[] Known =
    [
        "PLANTAO_ALLOW_LOOPBACK", "PLANTAO_DATA", "PLANTAO_DATABASE", "PLANTAO_INTAKE_LIMIT", "PLANTAO_KEY", "PLANTAO_LEASE_SECONDS", "PLANTAO_LOG", "PLANTAO_METRICS_OPEN", "PLANTAO_PROXIES", "PLANTAO_PUBLIC_ADDRESS",
        "PLANTAO_SERVER", "PLANTAO_SMTP_FROM", "PLANTAO_SMTP_PASSWORD", "PLANTAO_SMTP_PORT", "PLANTAO_SMTP_SERVER", "PLANTAO_SMTP_TLS", "PLANTAO_SMTP_USER", "PLANTAO_TOKEN", "PLANTAO_URLS",
    ];

    public string Name => "configuration";

    public Task<Finding> Check(CancellationToken ct) => Task.FromResult(Judge(options, [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(v => (string)v.Key)]));

    /// <param name="variables">The names of all variables of the environment.</param>
    internal static Finding Judge(ServeOptions options, IReadOnlyList<string> variables)
    {
        var strange = variables.Where(name => name.StartsWith("PLANTAO_", StringComparison.Ordinal) && !Known.Contains(name, StringComparer.Ordinal)).Order(StringComparer.Ordinal).ToList();
        if (options.Lease is { TotalSeconds: < 1 or > 300 })
            return Finding.Failure(($"a lease of {options.Lease.TotalSeconds:0.###} s", $"uma concessão de {options.Lease.TotalSeconds:0.###} s"), ("Set PLANTAO_LEASE_SECONDS between 1 and 300, or leave it out.", "Defina PLANTAO_LEASE_SECONDS entre 1 e 300, ou deixe sem."));
        if (variables.Contains("PLANTAO_FAILPOINT", StringComparer.Ordinal))
            return Finding.Failure(("PLANTAO_FAILPOINT is set: this program ends itself on purpose", "PLANTAO_FAILPOINT está definida: este programa se encerra de propósito"), ("It is for tests. Remove it.", "Serve para testes. Remova."));
        if (strange.Count > 0)
            return Finding.Warning(($"nothing reads {string.Join(", ", strange)}", $"nada lê {string.Join(", ", strange)}"), ("Look at the spelling: what it was meant to set is not set.", "Confira a grafia: o que ela deveria definir não está definido."));
        if (options.MetricsOpen && options.Urls.Split(';').Any(url => !OnLoopback(url)))
            return Finding.Warning(("the metrics are open to everybody who reaches this server", "as métricas estão abertas a quem alcançar este servidor"), ("Leave PLANTAO_METRICS_OPEN out and give the collector a token.", "Deixe PLANTAO_METRICS_OPEN de fora e dê um token ao coletor."));
        return options.AllowLoopbackEgress
            ? Finding.Warning(("messages may go to addresses of this machine", "mensagens podem ir a endereços desta máquina"), ("Good for a trial. Leave PLANTAO_ALLOW_LOOPBACK out where others set contact methods.", "Bom para um teste. Deixe PLANTAO_ALLOW_LOOPBACK de fora onde outros definem meios de contato."))
            : Finding.Ok(($"listens on {options.Urls}, keeps its data in {(options.Database is null ? options.DataFolder : "PostgreSQL")}", $"escuta em {options.Urls}, guarda os dados em {(options.Database is null ? options.DataFolder : "PostgreSQL")}"));
    }

    static bool OnLoopback(string url) => Uri.TryCreate(url.Trim(), UriKind.Absolute, out var uri) && (uri.IsLoopback || (IPAddress.TryParse(uri.Host, out var ip) && IPAddress.IsLoopback(ip)));
}
