using System.Globalization;

namespace Plantao.Bench;

/// <summary>What was sent and what was answered, one line each, in order: <c>s NUMBER</c> before the first byte leaves, <c>a NUMBER STATUS</c> when the answer is read.</summary>
/// <remarks>It outlives the target, not its own process: it is the target that is killed.</remarks>
sealed class Ledger(string file) : IDisposable
{
    readonly StreamWriter lines = new(file, append: true);

    public void Sent(long number) => lines.Write(string.Create(CultureInfo.InvariantCulture, $"s {number}\n"));

    public void Answered(long number, int status) => lines.Write(string.Create(CultureInfo.InvariantCulture, $"a {number} {status}\n"));

    public void Dispose() => lines.Dispose();

    /// <returns>How many were sent, and the numbers of those answered with success.</returns>
    public static (long Sent, HashSet<long> Acknowledged) Read(string file)
    {
        var sent = 0L;
        var acknowledged = new HashSet<long>();
        foreach (var line in File.ReadLines(file))
        {
            var words = line.Split(' ');
            if (words[0] is "s") sent++;
            else if (words[2].StartsWith('2')) acknowledged.Add(long.Parse(words[1], CultureInfo.InvariantCulture));
        }
        return (sent, acknowledged);
    }
}
