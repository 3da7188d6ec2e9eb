using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Plantao.Platform.Access;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Platform;

public class OpenApiTests
{
    [Fact]
    public async Task Every_endpoint_of_the_API_is_in_the_document_with_a_name_and_a_summary()
    {
        await using var site = await TestSite.Start(Database.Sqlite, bare: true);
        using var document = JsonDocument.Parse(await site.Http().GetStringAsync("/api/v1/openapi.json"));
        var paths = document.RootElement.GetProperty("paths");

        var mapped = ((IEndpointRouteBuilder)site.App).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.StartsWith("/api/v1/", StringComparison.Ordinal) && e.RoutePattern.RawText != "/api/v1/openapi.json")
            .SelectMany(e => e.Metadata.GetMetadata<Microsoft.AspNetCore.Routing.HttpMethodMetadata>()!.HttpMethods.Select(m => (Path: e.RoutePattern.RawText!, Method: m, e.Metadata.GetMetadata<NeededRight>()!.Right)))
            .ToList();
        Assert.NotEmpty(mapped);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (path, method, right) in mapped)
        {
            Assert.True(paths.TryGetProperty(path, out var item) && item.TryGetProperty(method.ToLowerInvariant(), out _), $"{method} {path} is not in the document.");
            var operation = item.GetProperty(method.ToLowerInvariant());
            Assert.True(operation.TryGetProperty("operationId", out var id) && names.Add(id.GetString()!), $"{method} {path} has no name of its own: add .WithName.");
            Assert.False(string.IsNullOrWhiteSpace(operation.GetProperty("summary").GetString()), $"{method} {path} has no summary.");
            Assert.True(operation.GetProperty("responses").GetProperty("default").GetProperty("content").TryGetProperty("application/problem+json", out _));
            Assert.Equal(right is Right.Open or Right.Intake or Right.AnswerPage or Right.Setup, !operation.TryGetProperty("security", out _));
        }

        Assert.Equal("bearer", document.RootElement.GetProperty("components").GetProperty("securitySchemes").GetProperty("bearer").GetProperty("scheme").GetString());
    }
}
