using System.Collections.Concurrent;
using System.Text.Json;
using Plantao.Platform.Doctor;

namespace Plantao.Platform.Storage;

/// <summary>Stored documents that cannot be read: each is set aside, so that it stops nothing but itself, and is said aloud (log, <c>doctor</c>, <c>selftest</c>, metric).</summary>
/// <remarks>A hand in the database, an older program's leavings, a disk: whatever broke it, alerts go on being decided, with what is left. Of this process; who looks reads all documents first.</remarks>
public sealed class Unreadable
{
    readonly ConcurrentDictionary<(string Kind, string Name), string> found = new();

    /// <summary>What was found broken and has not been read since.</summary>
    public IReadOnlyList<(string Kind, string Name, string Why)> All =>
        [.. found.Select(f => (f.Key.Kind, f.Key.Name, f.Value)).OrderBy(f => f.Kind, StringComparer.Ordinal).ThenBy(f => f.Name, StringComparer.Ordinal)];

    /// <summary>Reads a document, and uses it once, so far that what is wrong with it shows.</summary>
    /// <param name="read">Pure: what it throws says that the document is broken.</param>
    /// <returns><see langword="null"/>: it cannot be read.</returns>
    public T? Read<T>(string kind, string name, Func<T?> read) where T : class
    {
        try
        {
            if (read() is { } good)
            {
                if (!found.IsEmpty) found.TryRemove((kind, name), out _);
                return good;
            }

            found[(kind, name)] = "it is empty";
        }
        catch (Exception fault) when (fault is JsonException or InvalidDataException or FormatException or ArgumentException or InvalidOperationException or NullReferenceException or NotSupportedException or KeyNotFoundException)
        {
            found[(kind, name)] = fault.GetType().Name;
        }

        return null;
    }
}

/// <summary>Reads all documents of a room, so that those that cannot be read are found.</summary>
public sealed record StoredDocuments(Func<CancellationToken, Task> Read);

/// <summary>Says what was set aside: once when it is found, and once when it can be read again.</summary>
public sealed class UnreadableWorker(WorkerContext context, IEnumerable<StoredDocuments> rooms, ILogger<UnreadableWorker> log) : Worker(context, log, TimeSpan.FromMinutes(1), Topics.Definitions)
{
    readonly Db db = context.Db;
    readonly HashSet<(string Kind, string Name)> said = [];

    public override async Task<bool> Work(CancellationToken ct)
    {
        foreach (var room in rooms) await room.Read(ct);
        var all = db.Unreadable.All;
        foreach (var (kind, name, why) in all)
            if (said.Add((kind, name)))
                Log.LogError("The stored {Kind} {Name} cannot be read ({Why}) and is set aside: what it would have decided goes the next way. Apply its definition again", kind, name, why);
        foreach (var mended in said.Except(all.Select(a => (a.Kind, a.Name))).ToList())
        {
            said.Remove(mended);
            Log.LogInformation("The stored {Kind} {Name} can be read again", mended.Kind, mended.Name);
        }

        return false;
    }
}

/// <summary>Whether every stored document can be read.</summary>
sealed class UnreadableCheck(Db db, IEnumerable<StoredDocuments> rooms) : IDoctorCheck, ISelfTest
{
    public string Name => "definitions";

    public string Holds => "Every stored definition can be read.";

    public async Task<Finding> Check(CancellationToken ct) => await Broken(default, ct) is { Count: > 0 } broken
        ? Finding.Failure(($"{broken.Count} cannot be read: {string.Join(", ", broken)}", $"{broken.Count} não podem ser lidas: {string.Join(", ", broken)}"), ("They are set aside, and alerts go the next way: the integration's service and policy, else the catch-all. Apply their definitions again.", "Ficam de lado, e os alertas seguem o próximo caminho: o serviço e a política da integração, senão a rede de segurança. Aplique as definições de novo."))
        : Finding.Ok(("all can be read", "todas podem ser lidas"));

    public async Task<IReadOnlyList<string>> Broken(DateTimeOffset now, CancellationToken ct)
    {
        foreach (var room in rooms) await room.Read(ct);
        return [.. db.Unreadable.All.Take(20).Select(u => $"{u.Kind} {u.Name}")];
    }
}
