namespace Plantao.Alerts.Intake;

/// <summary>Addresses that sources give us to show.</summary>
static class Links
{
    /// <summary>The address, when it is one that a browser may safely follow (http or https) and not longer than <see cref="IntakeLimits.Link"/>.</summary>
    internal static string? Safe(string? address) =>
        address is { Length: > 0 and <= IntakeLimits.Link }
        && Uri.TryCreate(address, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            ? uri.AbsoluteUri is { Length: <= IntakeLimits.Link } link ? link : null
            : null;
}
