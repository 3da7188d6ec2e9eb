using Plantao.Platform.Storage;

namespace Plantao.Platform;

/// <summary>How this installation is reached from outside: links in messages begin with it.</summary>
public sealed class PublicAddress(Db db, ServeOptions options)
{
    string? setUp;

    /// <summary>Without a slash at the end.</summary>
    public async ValueTask<string> Get(CancellationToken ct)
    {
        if (options.PublicAddress is { } given) return given.TrimEnd('/');
        setUp ??= await db.First($"SELECT value FROM settings WHERE name = 'public_address'", r => r.Text(0), ct);
        return (setUp ?? options.Urls.Split(';')[0]).TrimEnd('/');
    }
}
