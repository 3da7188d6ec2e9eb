using System.Globalization;
using Plantao.Inside;

// What the measurements need of the product's insides: a world to measure in, and its timers alone.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return args switch
{
    ["world", .. var rest] => await World.Run(Arguments.Read(rest)),
    ["decides", .. var rest] => await Decides.Run(Arguments.Read(rest)),
    ["alerts", .. var rest] => await Decides.Lay(Arguments.Read(rest)),
    ["titles", .. var rest] => await Decides.Titles(Arguments.Read(rest)),
    ["opened", .. var rest] => await World.Opened(Arguments.Read(rest)),
    ["session", .. var rest] => await World.Session(Arguments.Read(rest)),
    ["timers", .. var rest] => await Timers.Run(Arguments.Read(rest)),
    ["takeover-fill", .. var rest] => await Takeover.Fill(Arguments.Read(rest)),
    ["takeover-check", .. var rest] => await Takeover.Check(Arguments.Read(rest)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        plantao-inside world  --data DIR [--database CONNECTION] [--sink PORT]
            a new database with an owner, a policy, a service and an integration; prints the integration's key.
            With a port, every alert that opens is paged at once to http://127.0.0.1:PORT/ .
        plantao-inside decides --data DIR [--database CONNECTION] [--count N] [--pool N]
            how many signals a second are kept and decided, without HTTP.
        plantao-inside alerts --data DIR [--database CONNECTION] [--count N]
            a world, with so many alerts open in it (performance.md P20).
        plantao-inside titles --data DIR [--database CONNECTION]
            what every alert says; the server must not run.
        plantao-inside opened --data DIR [--database CONNECTION] [--since MICROSECONDS]
            "POSITION MICROSECONDS" of every alert that opened; the server must not run.
        plantao-inside session --data DIR [--database CONNECTION]
            signs the world's owner in; prints the cookie. The server must not run.
        plantao-inside timers --data DIR [--database CONNECTION] [--pending N] [--storm N] [--rate N] [--seconds N] [--drain N]
            climbs that wait, and those that are due: how late, how fast (performance.md P16, P17, P18).
        plantao-inside takeover-fill  --data DIR --database CONNECTION [--count N] [--in S] [--seconds S]
        plantao-inside takeover-check --data DIR --database CONNECTION --killed-at MICROSECONDS [--count N] [--within S]
            timers for two servers of which one is killed (performance.md P19). bench/timers runs them all.
        """);
    return 64;
}
