using System.CommandLine;
using System.Text.Json;
using Plantao.Client;

namespace Plantao.Cli;

/// <summary>One verb on its way to the server and back: its options, the client, the screen.</summary>
sealed class Errand : IDisposable
{
    /// <summary>The most that one call of a list gives.</summary>
    const int LargestPart = 200;

    readonly ParseResult parsed;
    readonly Surroundings around;
    readonly Dictionary<string, string> names = new(StringComparer.Ordinal);
    Zone? zone;

    Errand(ParseResult parsed, GlobalOptions options, Surroundings around, CancellationToken stop)
    {
        (this.parsed, this.around, Stop) = (parsed, around, stop);
        SignedIn = new SignedIn(around.ConfigFolder);
        var address = parsed.GetValue(options.Server) ?? Filled(around.Variable("PLANTAO_SERVER")) ?? SignedIn.Server ?? GlobalOptions.DefaultServer;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var server) || server.Scheme is not ("http" or "https") || server.UserInfo.Length > 0 || server.Query.Length > 0)
            throw new UsageException($"\"{address}\" is no address of a server. Write https://plantao.example.org.");
        if (!server.AbsoluteUri.EndsWith('/')) server = new Uri(server.AbsoluteUri + "/");
        GivenToken = (parsed.GetValue(options.Token) is "-" ? Filled(around.In.ReadLine()) ?? throw new UsageException("No token came on standard input.") : parsed.GetValue(options.Token)) ?? Filled(around.Variable("PLANTAO_TOKEN"));
        Token = GivenToken ?? SignedIn.TokenFor(server);
        Server = new PlantaoClient(server, Token, around.Network);
        Screen = new Screen(around);
        InJson = parsed.GetValue(options.Output) == "json";
    }

    public PlantaoClient Server { get; }

    public Screen Screen { get; }

    public SignedIn SignedIn { get; }

    /// <summary>The token that the call goes with.</summary>
    public string? Token { get; }

    /// <summary>The token of the option or the environment.</summary>
    public string? GivenToken { get; }

    /// <summary>Whether the result goes out as JSON.</summary>
    public bool InJson { get; }

    /// <summary>Ctrl-C.</summary>
    public CancellationToken Stop { get; }

    public DateTimeOffset Now => around.Clock.GetUtcNow();

    public TextReader In => around.In;

    public T? Of<T>(Option<T> option) => parsed.GetValue(option);

    public T Of<T>(Argument<T> argument) => parsed.GetRequiredValue(argument);

    /// <summary>Does a verb, and tells what went wrong: what happened, what to do, and the id to find it by.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> Do(ParseResult parsed, GlobalOptions options, Surroundings around, Func<Errand, Task<int>> work, CancellationToken stop)
    {
        Errand? errand = null;
        try
        {
            errand = new Errand(parsed, options, around, stop);
            return await work(errand);
        }
        catch (RefusedException refused)
        {
            return Complaints.Tell(refused.Problem, new Screen(around), signedIn: errand!.Token is not null);
        }
        catch (ServerAwayException away)
        {
            return Complaints.Tell(away, errand!.Server.Correlation, new Screen(around));
        }
        catch (Exception fault) when (fault is UsageException or ArgumentException)
        {
            new Screen(around).Note(fault.Message.Split(" (Parameter")[0]);
            return Exit.Usage;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            new Screen(around).Note(fault.Message);
            return Exit.Refused;
        }
        finally
        {
            errand?.Dispose();
        }
    }

    /// <summary>The viewer's zone; UTC for a service token, and in JSON, where every instant carries its offset.</summary>
    public async Task<Zone> Zone()
    {
        if (zone is not null || InJson) return zone ??= Cli.Zone.Utc;
        try
        {
            var me = await Server.Me(Stop);
            if (me.User is { } user) names[user.Id] = user.Name;
            return zone = Cli.Zone.Named(me.User?.Zone);
        }
        catch (RefusedException)
        {
            return zone = Cli.Zone.Utc;   // a token that may not ask who it is: times carry their offset all the same
        }
    }

    /// <summary>Reads an instant as the viewer means it.</summary>
    public async Task<DateTimeOffset?> Instant(string? typed)
    {
        if (typed is null) return null;
        if (InJson && zone is null && !typed.EndsWith('Z') && !typed.Contains('+', StringComparison.Ordinal)) zone = Cli.Zone.Named((await Server.Me(Stop)).User?.Zone);
        return (await Zone()).Read(typed, Now);
    }

    /// <summary>The handle behind an id of the journal; what is no person, or not visible, stays as it is.</summary>
    public async Task<string?> Name(string? actor)
    {
        if (actor is null || !actor.StartsWith("usr_", StringComparison.Ordinal)) return actor;
        if (names.TryGetValue(actor, out var known)) return known;
        try
        {
            return names[actor] = (await Server.User(actor, Stop)).Name;
        }
        catch (RefusedException)
        {
            return names[actor] = actor;
        }
    }

    /// <summary>What <see cref="Name"/> has found out before; else the id.</summary>
    public string Known(string actor) => names.GetValueOrDefault(actor, actor);

    /// <summary>Lists, part after part, until <paramref name="most"/> are there.</summary>
    public async Task<IReadOnlyList<T>> All<T>(Func<string?, int, Task<Part<T>>> part, int most = int.MaxValue)
    {
        if (most < 1) throw new UsageException("The limit is at least 1.");
        var all = new List<T>();
        string? cursor = null;
        do
        {
            var page = await part(cursor, Math.Min(LargestPart, most - all.Count));
            all.AddRange(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null && all.Count < most);
        if (cursor is not null && !InJson) Screen.Note($"There are more than these {all.Count}: ask with a higher --limit.");
        return all;
    }

    /// <summary>A list as a table, or as JSON.</summary>
    public int Show<T>(IReadOnlyList<T> list, params ReadOnlySpan<(string Head, Func<T, string?> Cell)> columns)
    {
        if (InJson) return Json(list);
        var heads = new List<string>();
        var cells = new List<Func<T, string?>>();
        foreach (var (head, cell) in columns)
        {
            heads.Add(head);
            cells.Add(cell);
        }

        Screen.Table(heads, [.. list.Select(row => (IReadOnlyList<string?>)[.. cells.Select(cell => cell(row))])]);
        return Exit.Done;
    }

    /// <summary>What was done, as a sentence, or the answer as JSON.</summary>
    public int Done<T>(T answer, string sentence)
    {
        if (InJson) return Json(answer);
        Screen.Line(sentence);
        return Exit.Done;
    }

    /// <summary>What was done, when the server answers nothing: a script gets nothing either.</summary>
    public int Done(string sentence)
    {
        if (!InJson) Screen.Line(sentence);
        return Exit.Done;
    }

    /// <summary>Something shown once: alone on standard output, so that a script can take it; what is said about it goes beside.</summary>
    public int Once<T>(T answer, string secret, string note)
    {
        if (InJson) return Json(answer);
        Screen.Line(secret);
        Screen.Note(note);
        return Exit.Done;
    }

    public int Json<T>(T answer)
    {
        Screen.Lines(JsonSerializer.Serialize(answer, ClientJson.Indented<T>()));
        return Exit.Done;
    }

    public void Dispose() => Server.Dispose();

    static string? Filled(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
}
