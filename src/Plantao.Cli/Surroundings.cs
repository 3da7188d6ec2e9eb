namespace Plantao.Cli;

/// <summary>All that a verb sees of the world. The real ones are <see cref="Real"/>; tests bring their own.</summary>
/// <param name="Terminal">Whether <paramref name="Out"/> is read by a person at a terminal: tables fit its width then, and else have one line for each row.</param>
/// <param name="Width">Columns of the terminal.</param>
/// <param name="ConfigFolder">Where <c>login</c> keeps the token.</param>
/// <param name="Network">Carries the calls instead of the network.</param>
sealed record Surroundings(
    TextReader In, TextWriter Out, TextWriter Error, bool Terminal, int Width, Func<string, string?> Variable, string ConfigFolder, TimeProvider Clock, HttpMessageHandler? Network = null)
{
    public static Surroundings Real()
    {
        var terminal = !Console.IsOutputRedirected;
        return new(Console.In, Console.Out, Console.Error, terminal, terminal ? WidthOfTerminal() : 0, Environment.GetEnvironmentVariable, Folder(), TimeProvider.System);
    }

    /// <summary>As the XDG base directory specification has it: <c>$XDG_CONFIG_HOME</c>, else <c>~/.config</c>.</summary>
    static string Folder()
    {
        var root = Environment.GetEnvironmentVariable("XDG_CONFIG_HOME");
        if (string.IsNullOrEmpty(root)) root = Path.Combine(Environment.GetEnvironmentVariable("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config");
        return Path.Combine(root, "plantao");
    }

    static int WidthOfTerminal()
    {
        try
        {
            return Console.WindowWidth is var width and > 0 ? width : 80;
        }
        catch (IOException)
        {
            return 80;   // a terminal that does not tell
        }
    }
}
