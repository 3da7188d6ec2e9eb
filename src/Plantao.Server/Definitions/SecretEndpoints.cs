using Microsoft.AspNetCore.Http.HttpResults;
using Plantao.Client;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;

namespace Plantao.Definitions;

/// <summary><c>/api/v1/secrets</c>: the values behind the names that definitions use. Written, replaced and forgotten; never shown (design §10).</summary>
static class SecretEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/secrets", List).Needs(Right.Administer).WithName("list-secrets").WithSummary("The names of the secrets that are kept, never their values.");
        routes.MapPut("/api/v1/secrets/{name}", Keep).Needs(Right.Administer).WithName("keep-secret").WithSummary("Keeps a value under a name, sealed: it fills the hole of every definition that names it.");
        routes.MapDelete("/api/v1/secrets/{name}", Forget).Needs(Right.Administer).WithName("forget-secret").WithSummary("Forgets a value: what names it has a hole from now on.");
    }

    static async Task<Ok<IReadOnlyList<SecretView>>> List(Secrets secrets, CancellationToken ct) =>
        TypedResults.Ok<IReadOnlyList<SecretView>>([.. (await secrets.All(ct)).Select(s => new SecretView(s.Name, s.Version, s.ChangedAt))]);

    static async Task<Results<NoContent, ProblemHttpResult>> Keep(string name, SecretRequest wanted, Call call, Db db, Secrets secrets, CancellationToken ct)
    {
        if (!Shapes.IsName(name)) return new Refusal("bad-name", "A name has 1 to 63 lower-case letters, digits and hyphens.", 422).ToProblem();
        if (wanted.Value is not { Length: >= 8 and <= 4096 } value || value.Any(char.IsWhiteSpace)) return new Refusal("bad-secret", "A secret has 8 to 4,096 characters, none of them blank.", 422).ToProblem();
        await db.Write(async tx =>
        {
            await secrets.Keep(tx, name, value);
            await tx.Journal(Platform.Journal.Entry.Of("secret.kept", "secret:" + name, call.By, call.At, call.Correlation));
        }, ct);
        return TypedResults.NoContent();
    }

    static async Task<Results<NoContent, ProblemHttpResult>> Forget(string name, Call call, Db db, CancellationToken ct)
    {
        var there = Shapes.IsName(name) && await db.Write(async tx =>
        {
            if (!await Secrets.Forget(tx, name)) return false;
            await tx.Journal(Platform.Journal.Entry.Of("secret.forgotten", "secret:" + name, call.By, call.At, call.Correlation));
            return true;
        }, ct);
        return there ? TypedResults.NoContent() : new Refusal("not-found", "There is no such secret.", 404).ToProblem();
    }
}
