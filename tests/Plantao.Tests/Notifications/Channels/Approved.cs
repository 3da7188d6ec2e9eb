using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Plantao.Tests.Notifications.Channels;

/// <summary>Compares a rendered message with the file somebody approved. <c>PLANTAO_APPROVE=1</c> writes the files instead: read the diff.</summary>
static partial class Approved
{
    public static void Check(string name, string actual, [CallerFilePath] string here = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(here)!, "approved", name);
        actual = actual.ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("PLANTAO_APPROVE") == "1")
        {
            File.WriteAllText(path, actual, new UTF8Encoding(false));
            return;
        }

        Assert.True(File.Exists(path), $"Nobody approved {name} yet: run with PLANTAO_APPROVE=1 and read it.");
        Assert.Equal(File.ReadAllText(path), actual);
    }

    /// <summary>Takes out of a mail what changes with each run.</summary>
    public static string Stable(string mail) => Boundary().Replace(Date().Replace(mail, "Date: (now)"), "boundary");

    [GeneratedRegex(@"^Date: [^\r\n]*", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Date();

    [GeneratedRegex(@"=-[A-Za-z0-9+/]{16,}=*", RegexOptions.NonBacktracking)]
    private static partial Regex Boundary();
}
