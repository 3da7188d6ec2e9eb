using System.Net;
using Plantao.Platform;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.People;

/// <summary>How long somebody who failed to sign in waits before the next try. Pure.</summary>
public static class SignInWait
{
    /// <summary>What is older is forgotten.</summary>
    public static TimeSpan Memory { get; } = TimeSpan.FromHours(1);

    /// <summary>After the third failure of one account from one source 1 s, then 2, 4, 8 and so on, 1 min at most: never for ever, and never for another source.</summary>
    public static TimeSpan OfAccount(int failures) => failures < 3 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(60, 1L << Math.Min(failures - 3, 6)));

    /// <summary>A source that tries many accounts: the same from its twentieth failure on.</summary>
    public static TimeSpan OfSource(int failures) => failures < 20 ? TimeSpan.Zero : OfAccount(failures - 17);
}

/// <summary>Every statement about tries to sign in that failed. They delay the account from that source, and the source; nobody is locked out by another's tries (design §12).</summary>
public sealed class SignInTries(Db db, Vault vault, ILogger<SignInTries> log)
{
    /// <summary>How long is left to wait; <see cref="TimeSpan.Zero"/>: try.</summary>
    public async Task<TimeSpan> Left(string account, IPAddress? source, DateTimeOffset now, CancellationToken ct)
    {
        var longest = TimeSpan.Zero;
        foreach (var (subject, wait) in Subjects(account, source))
        {
            var row = await db.First($"SELECT failures, last_at FROM sign_in_tries WHERE subject = {subject}", r => (Failures: r.Int(0), At: r.At(1)), ct);
            if (row.Failures > 0 && now - row.At < SignInWait.Memory && row.At + wait(row.Failures) - now is var left && left > longest) longest = left;
        }

        return longest;
    }

    public Task Failed(string account, IPAddress? source, DateTimeOffset now, string correlation, CancellationToken ct) => db.Write(async tx =>
    {
        var forgotten = now - SignInWait.Memory;
        await tx.Execute($"DELETE FROM sign_in_tries WHERE last_at < {forgotten}");
        foreach (var (subject, wait) in Subjects(account, source))
        {
            var failures = await tx.First($"""
                INSERT INTO sign_in_tries (subject, failures, last_at) VALUES ({subject}, 1, {now})
                ON CONFLICT (subject) DO UPDATE SET failures = sign_in_tries.failures + 1, last_at = excluded.last_at RETURNING failures
                """, r => r.Int(0));
            // A trace each time the wait begins or has grown to its end, not at each try: a flood does not fill the journal.
            if (wait(failures) == TimeSpan.FromSeconds(1) || (wait(failures) == TimeSpan.FromSeconds(60) && wait(failures - 1) < TimeSpan.FromSeconds(60)))
            {
                log.LogWarning("Tries to sign in fail: {Failures} within the hour, the next in {Wait}", failures, wait(failures));
                await tx.Journal(Entry.Of("sign-in.delayed", "sign-in", "plantao", now, correlation, new { failures, waitSeconds = (int)wait(failures).TotalSeconds }, source?.ToString()));
            }
        }
    }, ct);

    /// <summary>It was the right person after all: their account is not delayed any more from here.</summary>
    public Task Passed(Tx tx, string account, IPAddress? source) => tx.Execute($"DELETE FROM sign_in_tries WHERE subject = {Subjects(account, source).First().Subject}");

    IEnumerable<(byte[] Subject, Func<int, TimeSpan> Wait)> Subjects(string account, IPAddress? source)
    {
        var from = Network(source);
        yield return (vault.Digest(account.ToLowerInvariant() + "\n" + from, "sign-in-account"), SignInWait.OfAccount);
        yield return (vault.Digest(from, "sign-in-source"), SignInWait.OfSource);
    }

    /// <summary>Of IPv6 the network of 64 bits: whoever has one address there has them all.</summary>
    internal static string Network(IPAddress? source) => source switch
    {
        null => "unknown",
        { IsIPv4MappedToIPv6: true } => source.MapToIPv4().ToString(),
        { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 } => Convert.ToHexStringLower(source.GetAddressBytes().AsSpan(0, 8)),
        _ => source.ToString(),
    };
}
