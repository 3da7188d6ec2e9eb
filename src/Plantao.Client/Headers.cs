namespace Plantao.Client;

/// <summary>Names of HTTP headers that Plantão and its clients share.</summary>
public static class Headers
{
    /// <summary>Carries the correlation id of a call, accepted and echoed.</summary>
    public const string CorrelationId = "X-Correlation-ID";

    /// <summary>Makes a repeated POST harmless: the same key gets the first answer again.</summary>
    public const string IdempotencyKey = "Idempotency-Key";
}
