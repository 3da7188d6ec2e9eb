using System.Globalization;
using System.Text;

namespace Plantao.Tests.Crash;

/// <summary>What became of one alert, by the ledger.</summary>
/// <param name="Signals">What the server called it: <c>sig_…</c>, one for each 2xx.</param>
public sealed record LedgerEntry(int Number, int Sent, int Errors, IReadOnlyList<string> Signals)
{
    public bool Taken => Signals.Count > 0;
}

/// <summary>An append-only file with a line before each call and one after its answer: what it says was sent was sent, whoever died since.</summary>
public sealed class Ledger : IDisposable
{
    readonly string file = Path.Combine(Path.GetTempPath(), $"plantao-ledger-{Guid.NewGuid():N}");
    readonly StreamWriter lines;

    public Ledger() => lines = new StreamWriter(file, append: true, Encoding.ASCII) { AutoFlush = true };

    public void Sent(int number) => Write($"sent {number}");

    /// <summary>A 2xx came.</summary>
    public void Taken(int number, string signal) => Write($"taken {number} {signal}");

    /// <summary>Anything else: whether it was taken is not known.</summary>
    public void Error(int number, string why) => Write($"error {number} {why.ReplaceLineEndings(" ")}");

    /// <summary>Every alert that was sent at least once.</summary>
    public IReadOnlyList<LedgerEntry> Read()
    {
        var entries = new Dictionary<int, (int Sent, int Errors, List<string> Signals)>();
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (reader.ReadLine() is { } line)
        {
            var words = line.Split(' ', 3);
            var number = int.Parse(words[1], CultureInfo.InvariantCulture);
            var entry = entries.GetValueOrDefault(number, (0, 0, []));
            entries[number] = words[0] switch
            {
                "sent" => entry with { Sent = entry.Sent + 1 },
                "error" => entry with { Errors = entry.Errors + 1 },
                _ => entry with { Signals = [.. entry.Signals, words[2]] },
            };
        }

        return [.. entries.OrderBy(e => e.Key).Select(e => new LedgerEntry(e.Key, e.Value.Sent, e.Value.Errors, e.Value.Signals))];
    }

    public void Dispose()
    {
        lines.Dispose();
        File.Delete(file);
    }

    void Write(FormattableString line)
    {
        lock (lines) lines.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
