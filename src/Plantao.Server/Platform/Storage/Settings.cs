namespace Plantao.Platform.Storage;

/// <summary>What is kept about the whole installation, by name.</summary>
public static class Settings
{
    /// <summary><c>running</c>, or <c>paused</c> after a restore.</summary>
    public const string State = "state";

    public static Task<string?> Find(Db db, string name, CancellationToken ct) => db.First($"SELECT value FROM settings WHERE name = {name}", r => r.Text(0), ct);

    /// <summary>An instant that was kept with <see cref="Keep(Tx, string, DateTimeOffset)"/>.</summary>
    public static async Task<DateTimeOffset?> FindAt(Db db, string name, CancellationToken ct) =>
        await Find(db, name, ct) is { } micros ? Instants.FromMicros(long.Parse(micros, System.Globalization.CultureInfo.InvariantCulture)) : null;

    public static async Task Keep(Tx tx, string name, string value)
    {
        await tx.Execute($"INSERT INTO settings (name, value) VALUES ({name}, {value}) ON CONFLICT (name) DO UPDATE SET value = excluded.value");
        tx.Wake(Topics.Settings);
    }

    public static Task Keep(Tx tx, string name, DateTimeOffset at) =>
        Keep(tx, name, Instants.Micros(at).ToString(System.Globalization.CultureInfo.InvariantCulture));

    public static Task Forget(Tx tx, string name) => tx.Execute($"DELETE FROM settings WHERE name = {name}");
}
