using System.Globalization;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Crash;

/// <summary>The kill loop at length: 150 on each database in <c>./test long</c>, and as many as <c>bench/kill</c> asks for.</summary>
/// <remarks>
/// In batches on a fresh database each, so that a batch can be repeated by its seed. <c>PLANTAO_KILLS</c>: how many on each database;
/// <c>PLANTAO_KILLS_DONE</c>: how many of them an earlier run has done; <c>PLANTAO_KILL_SEED</c>: the seed of the whole.
/// </remarks>
[Trait("Kind", "Long")]
public class LongKillTests(ITestOutputHelper output)
{
    const int Batch = 50;

    [Theory, EveryDatabase]
    public async Task Kills_by_the_hundred_lose_nothing_and_double_nothing_unmarked(Database database)
    {
        var (kills, seed) = (Number("PLANTAO_KILLS", 150), Number("PLANTAO_KILL_SEED", Random.Shared.Next()));
        for (var done = Number("PLANTAO_KILLS_DONE", 0); done < kills; done += Batch)
        {
            var batch = unchecked(seed * 31 + done / Batch);
            try
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{done + Math.Min(Batch, kills - done)} of {kills}, whole seed {seed}; ") + await KillLoop.Run(database, Math.Min(Batch, kills - done), batch));
            }
            catch
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{database}: the batch after {done} kills failed: PLANTAO_KILL_SEED={seed} PLANTAO_KILLS_DONE={done} PLANTAO_KILLS={done + Batch}"));
                throw;
            }
        }
    }

    static int Number(string name, int otherwise) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
