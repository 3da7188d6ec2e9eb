using Plantao.Demo;
using Plantao.People;
using Plantao.Platform;

namespace Plantao;

/// <summary>The verbs that run on the machine itself, and the options that they share: <c>--data DIR</c> and <c>--database CONNECTION</c>.</summary>
static class MachineVerbs
{
    public static async Task<int> Run(string verb, string[] args)
    {
        // A world of its own: no option leads it to anybody's data.
        if (verb == "demo") return await DemoVerb.Run(args, TimeProvider.System);

        var options = new ServeOptions();
        var rest = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            var (name, value) = args[i].Split('=', 2) is [var n, var v] && n.StartsWith("--", StringComparison.Ordinal) ? (n, v) : (args[i], null);
            if (name is not ("--data" or "--database" or "--urls" or "--public-address") || verb == "setup" && name == "--public-address")
            {
                rest.Add(args[i]);
                continue;
            }

            value ??= i + 1 < args.Length ? args[++i] : null;
            if (value is null)
            {
                await Console.Error.WriteLineAsync($"{name} needs a value.");
                return 64;
            }

            options = name switch
            {
                "--data" => options with { DataFolder = value },
                "--database" => options with { Database = value },
                "--urls" => options with { Urls = value },
                _ => options with { PublicAddress = value },
            };
        }

        return verb switch
        {
            "setup" => await SetupVerb.Run(options, rest),
            _ => await ServeVerb.Run(options, rest),
        };
    }
}
