namespace Plantao.Cli;

/// <summary><c>plantao selftest</c>.</summary>
static class SelfTestCommands
{
    public static void Fill(Verbs selftest) => selftest.Itself([], async it =>
    {
        var found = await it.Server.SelfTest(it.Stop);
        var broken = found.Any(f => f.Broken.Count > 0);
        if (it.InJson) return it.Json(found) is Exit.Done && !broken ? Exit.Done : Exit.Refused;
        foreach (var test in found)
        {
            it.Screen.Line((test.Broken.Count == 0 ? "ok      " : "BROKEN  ") + test.Holds);
            foreach (var example in test.Broken) it.Screen.Line("        " + example);
        }

        return broken ? Exit.Refused : Exit.Done;
    });
}
