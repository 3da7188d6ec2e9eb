using Plantao.Notifications;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Storage;

namespace Plantao;

/// <summary><c>plantao serve</c>: the server in earnest.</summary>
static class ServeVerb
{
    /// <returns>0 after a stop that was asked for; 1 when it cannot start; 2 when another server has the data folder; 64 not understood.</returns>
    public static async Task<int> Run(ServeOptions options, IReadOnlyList<string> rest)
    {
        if (rest.Count > 0)
        {
            await Console.Error.WriteLineAsync($"plantao serve does not know {rest[0]}. It takes --urls, --public-address, --data and --database.");
            return 64;
        }

        FileStream? folder = null;
        try
        {
            if (options.Database is null && (folder = Hold(options)) is null)
            {
                await Console.Error.WriteLineAsync($"Another plantao serves from {options.DataFolder}. Stop that one, or give another folder with --data; nothing was changed.");
                return 2;
            }

            await using var ground = await Ground.Open(options, TimeProvider.System, CancellationToken.None);
            await using var app = App.Build(options, ground);
            if (options.Database is null) await app.Services.GetRequiredService<NotificationStore>().VoidOwnLeases(CancellationToken.None);
            else if (ground.Db is PostgresDb postgres) postgres.Listen(ground.Clock, app.Logger);
            if (await Setup.Begin(ground.Db, ground.Vault, ground.Clock, CancellationToken.None) is { } code)
                app.Logger.LogWarning("This server is new. Set it up with the code {Code} (one use, 1 hour), or on this machine with: plantao setup --owner E-MAIL", code);
            if (ground.State.Paused) app.Logger.LogWarning("This database was restored and is paused: nothing is sent until plantao resume");
            await app.RunAsync();
            return 0;
        }
        catch (Exception fault) when (fault is KeyRefusedException or SchemaTooNewException or DatabaseUnavailableException or IOException)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return 1;
        }
        finally
        {
            if (folder is not null) await folder.DisposeAsync();
        }
    }

    /// <summary>A lock of the operating system on the data folder: it ends with the process, however that ends.</summary>
    static FileStream? Hold(ServeOptions options)
    {
        Directory.CreateDirectory(options.DataFolder);
        try
        {
            var file = new FileStream(Path.Combine(options.DataFolder, "serve.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return file;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
