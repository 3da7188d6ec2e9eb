using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Plantao.Platform.Access;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Access;

/// <summary>Every endpoint × everybody, against the checked-in matrix (failures.md, rig A, V12). An endpoint without a row fails.</summary>
/// <remarks>
/// <c>PLANTAO_APPROVE=1</c> writes matrix.tsv anew, for review in the diff. Each cell is what the caller gets: 401, 403, 400, 404, 422, or <c>pass</c>,
/// which is any other answer, since the endpoint itself then spoke.
/// </remarks>
[Trait("Kind", "Sqlite")]
public class SweepTests
{
    [Fact]
    public async Task Every_endpoint_answers_everybody_as_the_matrix_says()
    {
        var world = await SweepWorld.Start();
        await using var site = world.Site;
        Assert.Empty(AccessEndpoints.WithoutRight(((IEndpointRouteBuilder)site.App).DataSources));

        var found = new List<string> { string.Join('\t', ["verb", "route", "variant", .. world.Identities.Select(i => i.Name)]) };
        foreach (var (verb, route, takesBody) in Endpoints(site))
        {
            foreach (var sample in SamplesOf(verb, route, takesBody))
            {
                var cells = new List<string> { verb, route, sample.Variant };
                foreach (var who in world.Identities) cells.Add(await Ask(world, who, verb, route, sample));
                found.Add(string.Join('\t', cells));
            }
        }

        if (Environment.GetEnvironmentVariable("PLANTAO_APPROVE") == "1") await File.WriteAllLinesAsync(MatrixFile(), found);
        var written = await File.ReadAllLinesAsync(MatrixFile());
        var differ = found.Except(written, StringComparer.Ordinal).Select(line => "answers: " + line)
            .Concat(written.Except(found, StringComparer.Ordinal).Select(line => "written: " + line)).ToList();
        Assert.True(differ.Count == 0, $"{found[0]}\n{string.Join('\n', differ)}\nIf the answers are right, run with PLANTAO_APPROVE=1 and review matrix.tsv.");
    }

    [Fact]
    public async Task Nothing_answers_without_credentials_but_the_written_doors()
    {
        var lines = (await File.ReadAllLinesAsync(MatrixFile())).Select(line => line.Split('\t')).ToList();
        var none = Array.IndexOf(lines[0], "none");

        Assert.Equal(Samples.Doors.Order(StringComparer.Ordinal), lines.Skip(1).Where(row => row[none] != "401" && row[2] != Samples.WithKey).Select(row => $"{row[0]} {row[1]}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_private_teams_things_are_not_there_for_others()
    {
        var lines = (await File.ReadAllLinesAsync(MatrixFile())).Select(line => line.Split('\t')).ToList();
        var (member, b) = (Array.IndexOf(lines[0], "member"), Array.IndexOf(lines[0], "manager-b"));

        // A private team's things are not there for others, whichever way they are asked for.
        Assert.All(lines.Skip(1).Where(row => row[2] == "hidden"), row =>
        {
            Assert.NotEqual("pass", row[member]);
            Assert.Equal("404", row[b]);
        });
    }

    /// <summary>A POST because a pack does not fit into an address; nothing is kept of it.</summary>
    static readonly string[] OnlyReads = ["/api/v1/packs/lint", "/api/v1/packs/plan", "/packs/plan"];

    [Fact]
    public async Task What_may_only_read_changes_nothing_and_what_is_a_teams_changes_nothing_of_another()
    {
        var lines = (await File.ReadAllLinesAsync(MatrixFile())).Select(line => line.Split('\t')).ToList();
        var changes = lines.Skip(1).Where(row => row[0] is not ("GET" or "HEAD") && row[2] != Samples.WithKey && !Door(row[0], row[1]) && !OnlyReads.Contains(row[1])).ToList();

        foreach (var reader in new[] { "token-read", "manager-a-read", "key-a" })
            Assert.All(changes.Where(row => reader != "key-a" || row[1] != "/api/v2/alerts"), row => Assert.True(row[Array.IndexOf(lines[0], reader)] is "401" or "403" or "404", $"{reader}: {string.Join(' ', row)}"));
        Assert.All(changes.Where(row => row[2].StartsWith("beta", StringComparison.Ordinal) || row[2] == "alpha-and-beta"), row => Assert.True(row[Array.IndexOf(lines[0], "token-a")] is "403" or "404", string.Join(' ', row)));
        // An integration's key opens its own intake, and nothing below /api/v1.
        Assert.All(lines.Skip(1).Where(row => row[1].StartsWith("/api/v1/", StringComparison.Ordinal) && !Door(row[0], row[1])), row => Assert.Equal("401", row[Array.IndexOf(lines[0], "key-a")]));
    }

    /// <summary>Every endpoint as a verb and a route, but for the stylesheets and icons, whose names change with their content.</summary>
    internal static IEnumerable<(string Verb, string Route, bool TakesBody)> Endpoints(TestSite site) => ((IEndpointRouteBuilder)site.App).DataSources
        .SelectMany(source => source.Endpoints)
        .OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null && !AccessEndpoints.IsStaticFile(endpoint))
        .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            .Select(verb => (verb, "/" + endpoint.RoutePattern.RawText!.TrimStart('/'), endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is not null)))
        .OrderBy(e => e.Item2, StringComparer.Ordinal)
        .ThenBy(e => e.verb, StringComparer.Ordinal);

    internal static IReadOnlyList<Sample> SamplesOf(string verb, string route, bool takesBody)
    {
        if (Samples.All.TryGetValue($"{verb} {route}", out var samples))
            return samples;
        if (takesBody || route.Contains('{', StringComparison.Ordinal))
            Assert.Fail($"{verb} {route} has something in its path or takes a body: say in Samples.cs how the sweep calls it.");
        return [new Sample("", (_, _) => Task.FromResult(""))];
    }

    static async Task<string> Ask(SweepWorld world, Identity who, string verb, string route, Sample sample)
    {
        var path = await sample.Path(world, who);
        using var request = new HttpRequestMessage(new HttpMethod(verb), path.Length == 0 ? route : path);
        if (sample.Body is not null) request.Content = sample.IsForm
            ? new StringContent(sample.Body.Replace("{new}", "s" + Guid.NewGuid().ToString("N"), StringComparison.Ordinal), Encoding.UTF8, "application/x-www-form-urlencoded")
            : new StringContent(sample.Body, Encoding.UTF8, "application/json");
        using var http = world.Site.Http(who.Token);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        // Read only where it says what is wrong: a stream never ends.
        if (response.StatusCode is HttpStatusCode.InternalServerError) Assert.Fail($"{who.Name} {verb} {path}: {await response.Content.ReadAsStringAsync()}\n{string.Join('\n', world.Site.Log.Lines.TakeLast(3))}");
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => "401",
            // A screen says it by leading to sign-in.
            HttpStatusCode.SeeOther when response.Headers.Location?.OriginalString.StartsWith("/sign-in?to=", StringComparison.Ordinal) is true => "401",
            HttpStatusCode.Forbidden when !Door(verb, route) => "403",
            HttpStatusCode.NotFound => "404",
            HttpStatusCode.UnprocessableEntity => "422",
            // A body that is refused as it stands tries nobody's rights, so it is no pass. A door says this to a wrong key.
            HttpStatusCode.BadRequest when !Door(verb, route) && !route.StartsWith("/in/", StringComparison.Ordinal) => "400",
            _ => "pass",
        };
    }

    /// <summary>A door checks its own code: that a wrong one is refused is not a matter of who calls.</summary>
    static bool Door(string verb, string route) => Samples.Doors.Contains($"{verb} {route}", StringComparer.Ordinal);

    static string MatrixFile([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "matrix.tsv");
}
