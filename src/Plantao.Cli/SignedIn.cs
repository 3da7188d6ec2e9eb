namespace Plantao.Cli;

/// <summary>What <c>login</c> keeps: a token, and the one server that it is sent to. Files of mode 0600.</summary>
sealed class SignedIn(string folder)
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string TokenFile => Path.Combine(folder, "token");

    string ServerFile => Path.Combine(folder, "server");

    /// <summary>The server that <c>login</c> was done at; absent before.</summary>
    public string? Server => Read(ServerFile);

    /// <summary>The token, when it was kept for <paramref name="server"/>: it is never sent to another.</summary>
    /// <remarks>A token file that somebody else put there, without a server beside it, is sent to the server that is asked for.</remarks>
    public string? TokenFor(Uri server) => Server is { } own && !(Uri.TryCreate(own, UriKind.Absolute, out var kept) && kept == server) ? null : Read(TokenFile);

    public void Keep(Uri server, string token)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        // No token while the two files disagree: one is never sent to a server that it was not given for.
        Write(TokenFile, "");
        Write(ServerFile, server.AbsoluteUri);
        Write(TokenFile, token);
    }

    static string? Read(string path) => File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } text ? text : null;

    /// <summary>Whole or not at all, and never readable by others, not even for a moment.</summary>
    static void Write(string path, string text)
    {
        var draft = path + ".new";
        File.Delete(draft);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        using (var writer = new StreamWriter(draft, options)) writer.Write(text + "\n");
        File.Move(draft, path, overwrite: true);
    }
}
