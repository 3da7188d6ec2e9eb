namespace Plantao.Bench;

/// <summary>Picks the verb. Exit code 0: measured; 1: measured, and the target failed or lost something; 2: not understood.</summary>
static class Program
{
    const string Usage = """
        plantao-bench load     --url URL [--format alertmanager|pagerduty|opsgenie|empty] [--key KEY] [--conns 64] [--batch 1] [--threads 1]
                               [--body usual|small] [--pool N [--fill yes|no]] [--ends moving|still] [--rate R] [--requests N] [--warmup 3] [--seconds 10] [--run ABCDEFGH] [--pids P,P]
        plantao-bench page     --url URL --sink-port PORT [--format …] [--key KEY] [--rate 500] [--conns 32] [--warmup 3] [--seconds 10] [--pids P,P]
        plantao-bench cold     --ready URL [--idle 5] -- PROGRAM ARGUMENTS
        plantao-bench get      --url URL [--cookie NAME=VALUE] [--requests 200] [--warmup 50] [--case WORDS]
        plantao-bench dom      --url URL --cookie NAME=VALUE [--loads 20] [--case WORDS]
        plantao-bench streams  --url URL --cookie NAME=VALUE --events FILE --ready-file FILE [--streams 500] [--seconds 20]
        plantao-bench told     --events FILE --positions FILE [--streams 500] [--case WORDS]
        plantao-bench sync     --dir FOLDER [--seconds 5] [--by fio|self]
        plantao-bench wait     --ready URL [--seconds 20]
        plantao-bench calls    --url URL --ledger FILE --run ABCDEFGH [--first N] [--format …] [--key KEY] [--rate 3000] [--conns 32] [--seconds 5]
        plantao-bench sink     --sink-port PORT --pages FILE --run ABCDEFGH [--most N]
        plantao-bench audit    --ledger FILE --kept FILE [--pages FILE] --run ABCDEFGH [--kills N]
        plantao-bench quiet    [--seconds 30]
        plantao-bench compare  --file FILE --against TARGET[,TARGET] [--session NAME] [--quiet yes|no]
        plantao-bench check
        Each measuring verb also takes --target NAME --session NAME --repetition N --out FILE: a JSON line is added to FILE.
        """;

    static async Task<int> Main(string[] words)
    {
        try
        {
            Linux.Check();
            var arguments = new Arguments([.. words.Skip(1)]);
            return words.FirstOrDefault() switch
            {
                "load" => await LoadVerb.Run(arguments),
                "page" => await PageVerb.Run(arguments),
                "cold" => await ColdVerb.Run(arguments),
                "get" => await GetVerb.Run(arguments),
                "dom" => await DomVerb.Run(arguments),
                "streams" => await StreamsVerb.Run(arguments),
                "told" => await ToldVerb.Run(arguments),
                "sync" => await SyncVerb.Run(arguments),
                "calls" => CallsVerb.Run(arguments),
                "sink" => await SinkVerb.Run(arguments),
                "audit" => AuditVerb.Run(arguments),
                "quiet" => await QuietVerb.Run(arguments),
                "wait" => WaitVerb.Run(arguments),
                "compare" => CompareVerb.Run(arguments),
                "check" => CheckVerb.Run(),
                _ => throw new UsageException($"Which verb?\n{Usage}"),
            };
        }
        catch (UsageException mistake)
        {
            await Console.Error.WriteLineAsync(mistake.Message);
            return 2;
        }
    }
}
