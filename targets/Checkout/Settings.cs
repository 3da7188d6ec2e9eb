using System.Globalization;

namespace Plantao.Target.Checkout;

/// <summary>How the service is started: <c>--name value</c> on the command line, or the environment.</summary>
/// <param name="Data">The folder of its database.</param>
/// <param name="AlertsTo">Where its watch posts, as an Alertmanager would; <see langword="null"/>: nowhere.</param>
/// <param name="Silent">The watch notices and posts nothing (<c>CHECKOUT_SILENT=1</c>): what the alarm is for has to be shown too.</param>
/// <param name="OrdersPerSecond">Traffic that it makes itself. 0 to 200; default 20.</param>
/// <param name="EndsWithInput">Stops when its standard input ends (<c>--end-with-input true</c>).</param>
sealed record Settings(string Data, Uri? AlertsTo, bool Silent, int OrdersPerSecond, bool EndsWithInput, Rule Rule)
{
    /// <exception cref="FormatException">A value cannot be read.</exception>
    public static Settings Read(IConfiguration given) => new(
        given["data"] ?? Path.Combine(Path.GetTempPath(), "plantao-target-checkout"),
        given["alerts-to"] is { Length: > 0 } url ? new Uri(url, UriKind.Absolute) : null,
        given["CHECKOUT_SILENT"] == "1",
        Math.Clamp(int.Parse(given["orders-per-second"] ?? "20", CultureInfo.InvariantCulture), 0, 200),
        given["end-with-input"] == "true",
        Rule.Usual);
}
