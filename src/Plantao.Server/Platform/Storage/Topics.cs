namespace Plantao.Platform.Storage;

/// <summary>What a worker can wait for. A topic says that something was committed, never what.</summary>
public static class Topics
{
    public const string Journal = "journal";

    /// <summary>Entries of the journal got their place.</summary>
    public const string Sealed = "sealed";
    /// <summary>What is kept about the whole installation was changed: its state above all.</summary>
    public const string Settings = "settings";
    public const string Signals = "signals";
    public const string Heartbeats = "heartbeats";
    public const string Alerts = "alerts";
    public const string Escalations = "escalations";
    public const string Pages = "pages";

    /// <summary>Messages of any channel; <see cref="Through"/> is one channel's.</summary>
    public const string Deliveries = "deliveries";
    public const string Definitions = "definitions";

    /// <summary>Somebody forgot theirs.</summary>
    public const string PasswordResets = "password-resets";

    /// <summary>Nobody rings it: who waits for it goes by time alone.</summary>
    public const string Clock = "clock";

    static readonly System.Collections.Concurrent.ConcurrentDictionary<string, string> Channels = new(StringComparer.Ordinal);

    /// <summary>Messages through one channel.</summary>
    public static string Through(string channel) => Channels.GetOrAdd(channel, static name => "deliveries " + name);
}
