using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Plantao.Platform.Access;

namespace Plantao.Platform.Api;

/// <summary>The OpenAPI document, made from the endpoints as they are mapped.</summary>
static class OpenApi
{
    public const string Path = "/api/v1/openapi.json";
    const string Bearer = "bearer";

    public static void Describe(OpenApiOptions options)
    {
        options.ShouldInclude = api => api.RelativePath?.StartsWith("api/v1/", StringComparison.Ordinal) == true;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Plantão",
                Version = "v1",
                Description = "Errors are application/problem+json (RFC 9457) with a correlationId. A POST that carries an Idempotency-Key is done once. Lists are given out in parts: `next` of one is the `cursor` of the following.",
            };
            // Where it is reached is not known here, and a guess would be wrong behind a proxy.
            document.Servers?.Clear();
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
            document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A personal or service token." };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(async (operation, context, ct) =>
        {
            var metadata = context.Description.ActionDescriptor.EndpointMetadata;
            var right = metadata.OfType<NeededRight>().LastOrDefault()?.Right ?? Right.Own;
            operation.OperationId ??= metadata.OfType<IEndpointNameMetadata>().LastOrDefault()?.EndpointName;
            if (string.IsNullOrEmpty(operation.Summary) && operation.OperationId is { Length: > 0 } name) operation.Summary = Sentence(name);
            operation.Responses ??= new OpenApiResponses();
            operation.Responses.TryAdd("default", new OpenApiResponse
            {
                Description = "It was not done, and why.",
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    ["application/problem+json"] = new() { Schema = await context.GetOrCreateSchemaAsync(typeof(Microsoft.AspNetCore.Mvc.ProblemDetails), null, ct) },
                },
            });
            if (right is Right.Open or Right.Intake or Right.AnswerPage or Right.Setup) return;
            operation.Description = string.Join("\n\n", new[] { operation.Description, $"Needs the right {right}." }.Where(s => !string.IsNullOrEmpty(s)));
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] }];
            if (HttpMethods.IsPost(context.Description.HttpMethod ?? ""))
            {
                operation.Parameters ??= [];
                operation.Parameters.Add(new OpenApiParameter
                {
                    Name = Client.Headers.IdempotencyKey,
                    In = ParameterLocation.Header,
                    Description = "1 to 255 visible ASCII characters. The same call with the same key gets the first answer again, for 24 h.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = 255 },
                });
            }
        });
    }

    /// <summary><c>issue-own-token</c> → <c>Issue own token</c>.</summary>
    static string Sentence(string name) => char.ToUpperInvariant(name[0]) + name[1..].Replace('-', ' ');
}
