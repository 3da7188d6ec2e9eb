namespace Plantao.Platform.Storage.Backup;

/// <summary>Proves an archive by restoring it: the only proof there is.</summary>
public static class Proof
{
    /// <summary>Restores <paramref name="file"/> into a scratch database, which goes again, and compares counts, digests and the journal's chain.</summary>
    /// <param name="scratch">A folder with room for the whole database.</param>
    /// <param name="live">When given, the chain must also be a part of this database's: a backup of something else proves nothing.</param>
    /// <exception cref="InvalidDataException">It does not hold, and says where.</exception>
    public static async Task<Restored> Of(string file, string scratch, Db? live, DateTimeOffset now, CancellationToken ct)
    {
        var folder = Directory.CreateDirectory(Path.Combine(scratch, ".proof-" + Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            Restored restored;
            await using (var db = new SqliteDb(Path.Combine(folder, "proof.db")))
                restored = await Restore.From(file, db, now, acceptBrokenJournal: false, note: false, ct);
            var (position, hash) = Journal.Journals.ParseAnchor(restored.Manifest.Head);
            if (live is not null && position > 0
                && (await live.First($"SELECT hash FROM journal WHERE position = {position}", r => r.BytesOrNull(0), ct))?.AsSpan().SequenceEqual(hash) is not true)
                throw new InvalidDataException($"The backup ends at journal position {position} with another hash than the database has there: the database's history was rewritten since, or this is a backup of another one.");
            return restored;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
