using System.Globalization;
using Plantao.Inside;

// What the measurements need of the product's insides: a world to measure in, and its timers alone.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return args switch
{
    ["world", .. var rest] => await World.Run(Arguments.Read(rest)),
    ["decides", .. var rest] => await Decides.Run(Arguments.Read(rest)),
    ["timers", .. var rest] => await Timers.Run(Arguments.Read(rest)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        plantao-inside world  --data DIR [--database CONNECTION] [--sink PORT]
            a new database with an owner, a policy, a service and an integration; prints the integration's key.
            With a port, every alert that opens is paged at once to http://127.0.0.1:PORT/ .
        plantao-inside timers --data DIR [--database CONNECTION] [--pending N] [--storm N] [--rate N] [--seconds N]
            climbs that wait, and those that are due: how late, how fast (performance.md P16, P17, P18).
        """);
    return 64;
}
