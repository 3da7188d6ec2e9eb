using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.TestHost;
using Plantao.Cli;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Cli;

/// <summary>Somebody's terminal: runs verbs in process, against a site or against what a test answers.</summary>
sealed partial class Terminal(HttpMessageHandler network, string? token = null, TimeProvider? clock = null) : IDisposable
{
    public DirectoryInfo Home { get; } = Directory.CreateTempSubdirectory("plantao-cli");

    /// <summary>Columns; absent: the output goes into a pipe.</summary>
    public int? Width { get; init; }

    public string Input { get; init; } = "";

    public static Terminal At(TestSite site, string? token) => new(site.App.GetTestServer().CreateHandler(), token, site.Clock);

    public sealed record Said(int Exit, string Out, string Error)
    {
        /// <summary>What a person sees, with ids counted and correlation ids taken out.</summary>
        public string Seen => Stable(Out + Error);
    }

    public async Task<Said> Run(params string[] args)
    {
        using var said = new StringWriter(CultureInfo.InvariantCulture);
        using var complained = new StringWriter(CultureInfo.InvariantCulture);
        var exit = await CommandLine.Run(args, new Surroundings(
            new StringReader(Input), said, complained, Width is not null, Width ?? 0, name => name == "PLANTAO_TOKEN" ? token : null, Home.FullName, clock ?? TimeProvider.System, network));
        return new(exit, said.ToString(), complained.ToString());
    }

    public void Dispose() => Home.Delete(recursive: true);

    /// <summary>Ids by kind and order of appearance: <c>alr_1</c>.</summary>
    public static string Stable(string text)
    {
        text = Chance().Replace(text, "(chance)");
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        var counted = Id().Replace(text, match =>
        {
            var kind = match.Value[..match.Value.IndexOf('_', StringComparison.Ordinal)];
            return seen.TryGetValue(match.Value, out var known) ? known : seen[match.Value] = $"{kind}_{seen.Values.Count(v => v.StartsWith(kind + "_", StringComparison.Ordinal)) + 1}";
        });
        return Correlation().Replace(counted, "(correlation)");
    }

    [GeneratedRegex(@"\b[a-z]{2,4}_[0-9A-Za-z]{8,}", RegexOptions.NonBacktracking)]
    private static partial Regex Id();

    [GeneratedRegex(@"\b[0-9a-f]{32}\b", RegexOptions.NonBacktracking)]
    private static partial Regex Correlation();

    /// <summary>The hint of a key, and the id that the simulated provider makes.</summary>
    [GeneratedRegex(@"\bpl[0-9A-Za-z]{4}…[0-9A-Za-z]{4}\b|\bprovider-dlv_[0-9A-Za-z_]+", RegexOptions.NonBacktracking)]
    private static partial Regex Chance();
}

/// <summary>Answers each call as a test says, and keeps the calls.</summary>
sealed class Answering(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
{
    public List<HttpRequestMessage> Calls { get; } = [];

    public static HttpResponseMessage Json(string body, HttpStatusCode status = HttpStatusCode.OK, string type = "application/json") =>
        new(status) { Content = new StringContent(body, System.Text.Encoding.UTF8, type) };

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Calls.Add(request);
        return Task.FromResult(answer(request));
    }
}
