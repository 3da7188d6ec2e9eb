using Microsoft.AspNetCore.Http.HttpResults;
using Plantao.Client;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Storage;

namespace Plantao.People;

/// <summary>How somebody is reached: their own business, whoever they are.</summary>
static class ContactEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/me/contact-methods", List).Needs(Right.OwnAccount).WithName("list-contact-methods");
        routes.MapPost("/api/v1/me/contact-methods", Add).Needs(Right.OwnAccount).WithName("add-contact-method");
        routes.MapPut("/api/v1/me/contact-methods/order", Order).Needs(Right.OwnAccount).WithName("order-contact-methods");
        routes.MapPost("/api/v1/me/contact-methods/{id}/code", SendCode).Needs(Right.OwnAccount).WithName("send-contact-code");
        routes.MapPost("/api/v1/me/contact-methods/{id}/proof", Prove).Needs(Right.OwnAccount).WithName("prove-contact-method");
        routes.MapDelete("/api/v1/me/contact-methods/{id}", Remove).Needs(Right.OwnAccount).WithName("remove-contact-method");
        routes.MapGet("/api/v1/me/notification-rules", Rules).Needs(Right.OwnAccount).WithName("get-notification-rules");
        routes.MapPut("/api/v1/me/notification-rules/{urgency}", KeepRules).Needs(Right.OwnAccount).WithName("change-notification-rules");
    }

    internal static Refusal NoSuchMethod { get; } = new("not-found", "There is no such contact method.", 404);

    static async Task<Ok<IReadOnlyList<ContactMethodView>>> List(Call call, ContactMethodStore methods, CancellationToken ct) =>
        TypedResults.Ok(Views(await methods.Of(call.UserId, ct)));

    static async Task<Results<Created<ContactMethodView>, ProblemHttpResult>> Add(AddContactMethodRequest wanted, Call call, Db db, ContactMethodStore methods, ISendCode codes, CancellationToken ct)
    {
        var ruling = await AddOne(wanted, call, db, methods, codes, ct);
        return ruling.Allowed ? TypedResults.Created((string?)null, View(ruling.Value)) : ruling.Refusal.ToProblem();
    }

    /// <summary>Adds one's own contact method and sends its code; for the API and the screen alike.</summary>
    internal static async Task<Ruling<ContactMethod>> AddOne(AddContactMethodRequest wanted, Call call, Db db, ContactMethodStore methods, ISendCode codes, CancellationToken ct)
    {
        var address = codes.Address(wanted.Channel, wanted.Address);
        if (!address.Allowed) return address.Refusal;
        if (wanted.Secret is { Length: > 200 }) return new Refusal("bad-secret", "A secret has at most 200 characters.", 400);
        return await db.Write<Ruling<ContactMethod>>(async tx =>
        {
            var added = await methods.Add(tx, call.UserId, wanted.Channel, address.Value, wanted.Secret, call.By, call.At, call.Correlation);
            if (!added.Allowed) return added;
            var sent = await Send(tx, added.Value, call, methods, codes);
            return sent is null ? added : sent;
        }, ct);
    }

    static async Task<Results<Accepted, ProblemHttpResult>> SendCode(string id, Call call, Db db, ContactMethodStore methods, ISendCode codes, CancellationToken ct) =>
        await SendTo(id, call, db, methods, codes, ct) is { } refusal ? refusal.ToProblem() : TypedResults.Accepted((string?)null);

    /// <summary>Sends another code to one's own contact method; for the API and the screen alike.</summary>
    /// <returns>Why not, or <see langword="null"/>.</returns>
    internal static Task<Refusal?> SendTo(string id, Call call, Db db, ContactMethodStore methods, ISendCode codes, CancellationToken ct) =>
        db.Write(async tx => await methods.Find(tx, id) is { } found && found.UserId == call.UserId
            ? found.Usable ? new Refusal("already-proven", "This contact method is proven already.") : await Send(tx, found, call, methods, codes)
            : NoSuchMethod, ct);

    static async Task<Refusal?> Send(Tx tx, ContactMethod to, Call call, ContactMethodStore methods, ISendCode codes)
    {
        var possible = codes.Address(to.Channel, to.Address);
        if (!possible.Allowed) return possible.Refusal;
        var code = await methods.NewCode(tx, to, call.At);
        if (!code.Allowed) return code.Refusal;
        await codes.Send(tx, to, code.Value, (await UserStore.Find(tx, to.UserId))!.Language);
        return null;
    }

    static async Task<Results<Ok<ContactMethodView>, ProblemHttpResult>> Prove(string id, ProveContactMethodRequest wanted, Call call, Db db, ContactMethodStore methods, CancellationToken ct)
    {
        var ruling = await ProveOne(id, wanted.Code, call, db, methods, ct);
        return ruling.Allowed ? TypedResults.Ok(View(ruling.Value)) : ruling.Refusal.ToProblem();
    }

    /// <summary>Takes the code that came back; for the API and the screen alike.</summary>
    internal static Task<Ruling<ContactMethod>> ProveOne(string id, string code, Call call, Db db, ContactMethodStore methods, CancellationToken ct) =>
        db.Write<Ruling<ContactMethod>>(async tx => await methods.Find(tx, id) is { } found && found.UserId == call.UserId
            ? await methods.Prove(tx, found, code, call.By, call.At, call.Correlation)
            : NoSuchMethod, ct);

    static async Task<Results<NoContent, ProblemHttpResult>> Remove(string id, Call call, Db db, ContactMethodStore methods, CancellationToken ct) =>
        await RemoveOne(id, call, db, methods, ct) is { } refusal ? refusal.ToProblem() : TypedResults.NoContent();

    /// <summary>Removes one's own contact method; for the API and the screen alike.</summary>
    /// <returns>Why not, or <see langword="null"/>.</returns>
    internal static Task<Refusal?> RemoveOne(string id, Call call, Db db, ContactMethodStore methods, CancellationToken ct) => db.Write<Refusal?>(async tx =>
        {
            if (await methods.Find(tx, id) is not { } found || found.UserId != call.UserId) return NoSuchMethod;
            if (found.Channel == ContactMethod.Email && found.Address == (await UserStore.Find(tx, call.UserId))!.Email)
                return new Refusal("account-email", "The account's e-mail always stays a contact method. Nothing was changed.");
            await ContactMethodStore.Remove(tx, found, call.By, call.At, call.Correlation);
            return null;
        }, ct);

    static async Task<Results<Ok<IReadOnlyList<ContactMethodView>>, ProblemHttpResult>> Order(OrderContactMethodsRequest wanted, Call call, Db db, ContactMethodStore methods, CancellationToken ct)
    {
        var refusal = await db.Write(tx => methods.Order(tx, call.UserId, wanted.Ids, call.By, call.At, call.Correlation), ct);
        return refusal is null ? TypedResults.Ok(Views(await methods.Of(call.UserId, ct))) : refusal.ToProblem();
    }

    static async Task<Ok<NotificationRulesView>> Rules(Call call, NotificationRuleStore rules, CancellationToken ct) =>
        TypedResults.Ok(new NotificationRulesView(Views(await rules.Of(call.UserId, Urgency.High, ct)), Views(await rules.Of(call.UserId, Urgency.Low, ct))));

    static async Task<Results<Ok<NotificationRulesView>, ProblemHttpResult>> KeepRules(
        string urgency, IReadOnlyList<RuleStepView> wanted, Call call, Db db, NotificationRuleStore rules, CancellationToken ct)
    {
        Urgency? of = urgency switch { "high" => Urgency.High, "low" => Urgency.Low, _ => null };
        if (of is null) return Problems.NotFound("urgency");
        if (wanted.Any(s => s is null)) return new Refusal("bad-rules", "A step has channels and after.", 400).ToProblem();
        var steps = wanted.Select(s => new RuleStep(s.Channels is ["all"] ? null : s.Channels, TimeSpan.FromSeconds(s.After))).ToList();
        return await KeepSteps(of.Value, steps, call, db, ct) is { } fault ? fault.ToProblem() : await Rules(call, rules, ct);
    }

    /// <summary>Keeps one's own rules; for the API and the screen alike.</summary>
    /// <returns>Why not, or <see langword="null"/>.</returns>
    internal static async Task<Refusal?> KeepSteps(Urgency urgency, IReadOnlyList<RuleStep> steps, Call call, Db db, CancellationToken ct)
    {
        if (NotificationRules.Fault(steps) is { } fault) return fault;
        await db.Write(tx => NotificationRuleStore.Keep(tx, call.UserId, urgency, steps, call.By, call.At, call.Correlation), ct);
        return null;
    }

    static IReadOnlyList<RuleStepView> Views(IReadOnlyList<RuleStep> steps) => [.. steps.Select(s => new RuleStepView(s.Channels ?? ["all"], (int)s.After.TotalSeconds))];

    static IReadOnlyList<ContactMethodView> Views(IReadOnlyList<ContactMethod> methods) => [.. methods.Select(View)];

    static ContactMethodView View(ContactMethod m) => new(m.Id, m.Channel, m.Shown, m.VerifiedAt is not null, m.VerifiedAt, m.DisabledAt, m.DisabledWhy);
}
