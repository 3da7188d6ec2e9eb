using Plantao.Platform.Storage;

namespace Plantao.People;

/// <summary>What was said of the organisation at setup.</summary>
public static class Organisation
{
    /// <summary>How this server is reached from outside, without a slash at the end.</summary>
    public const string PublicAddressSetting = "public_address";

    internal const string NameSetting = "organisation";
    internal const string ZoneSetting = "zone";
    internal const string LanguageSetting = "language";

    /// <summary>IANA time zone of who says none. <c>Etc/UTC</c> before setup.</summary>
    public static async Task<string> Zone(Tx tx) => await Setting(tx, ZoneSetting) ?? "Etc/UTC";

    /// <summary>Language of who says none. <c>en</c> before setup.</summary>
    public static async Task<string> Language(Tx tx) => await Setting(tx, LanguageSetting) ?? "en";

    /// <summary>How this server is reached from outside: as started, else as set up, else where it listens first.</summary>
    public static async Task<string> PublicAddress(Db db, Platform.ServeOptions options, CancellationToken ct) =>
        (options.PublicAddress ?? await db.First($"SELECT value FROM settings WHERE name = {PublicAddressSetting}", r => r.Text(0), ct) ?? options.Urls.Split(';')[0]).TrimEnd('/');

    internal static async Task Keep(Tx tx, string name, string value) =>
        await tx.Execute($"INSERT INTO settings (name, value) VALUES ({name}, {value}) ON CONFLICT (name) DO UPDATE SET value = excluded.value");

    static Task<string?> Setting(Tx tx, string name) => tx.First($"SELECT value FROM settings WHERE name = {name}", r => r.TextOrNull(0));
}
