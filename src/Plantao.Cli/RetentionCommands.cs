using System.CommandLine;
using System.Globalization;

namespace Plantao.Cli;

/// <summary><c>plantao retention</c>.</summary>
static class RetentionCommands
{
    public static void Fill(Verbs retention)
    {
        retention.Verb("show", "How long things are kept.", [], async it => it.Show([await it.Server.Retention(it.Stop)],
            ("PAYLOADS", r => Days(r.PayloadDays)), ("HISTORY", r => Days(r.HistoryDays))));

        var payloads = new Option<int?>("--payload-days") { Description = "What senders sent, byte for byte: 1 to 395." };
        var history = new Option<int?>("--history-days") { Description = "Resolved alerts with their pages and hops: 90 to 3660." };
        retention.Verb("set", "Sets how long things are kept. An Owner's alone; nothing open is removed, and the journal never is.", [payloads, history], async it =>
        {
            var now = await it.Server.Retention(it.Stop);
            var set = await it.Server.SetRetention(new(it.Of(payloads) ?? now.PayloadDays, it.Of(history) ?? now.HistoryDays), it.Stop);
            return it.Done(set, $"Payloads are kept for {Days(set.PayloadDays)}, history for {Days(set.HistoryDays)}.");
        });
    }

    static string Days(int days) => string.Create(CultureInfo.InvariantCulture, $"{days} days");
}
