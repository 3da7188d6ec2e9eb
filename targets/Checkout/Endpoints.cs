using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Plantao.Target.Checkout;

static class Endpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/orders", Place);
        routes.MapGet("/orders/{id:long}", Show);
        routes.MapGet("/health", (Payments payments) => TypedResults.Ok(new { status = payments.Refused ? "degraded" : "ok" }));
        routes.MapGet("/metrics", Metrics);
        routes.MapGet("/faults", (Payments payments) => TypedResults.Ok(new[] { View(payments) }));
        routes.MapPost("/faults/{name}", (string name, Payments payments, Diary diary) => Put(name, true, payments, diary));
        routes.MapDelete("/faults/{name}", (string name, Payments payments, Diary diary) => Put(name, false, payments, diary));
    }

    static async Task<Results<Created<Order>, ProblemHttpResult>> Place(OrderWanted? wanted, Orders orders, Payments payments, ErrorRate rate, TimeProvider clock)
    {
        if (wanted is not { Item.Length: >= 1 and <= 100, Cents: >= 1 and <= 10_000_000 })
            return Problems.Of(422, "bad-order", "Bad order", "An order has an item of 1 to 100 characters and 1 to 10,000,000 cents. Nothing was ordered.");
        var refused = payments.Refused;
        var order = await orders.Add(wanted, refused ? "refused" : "paid", clock.GetUtcNow());
        rate.Add(order.PlacedAt, refused);
        return refused
            ? Problems.Of(502, "payment-failed", "Payment failed", $"The payment provider refuses every payment. Order {order.Id} is kept as refused; nothing was charged.")
            : TypedResults.Created(string.Create(CultureInfo.InvariantCulture, $"/orders/{order.Id}"), order);
    }

    static async Task<Results<Ok<Order>, ProblemHttpResult>> Show(long id, Orders orders) =>
        await orders.Find(id) is { } order ? TypedResults.Ok(order) : Problems.Of(404, "no-such-order", "No such order", $"There is no order {id}.");

    static ContentHttpResult Metrics(ErrorRate rate) => TypedResults.Text(
        string.Create(CultureInfo.InvariantCulture, $"""
            # HELP checkout_orders_total Orders taken, by what came of the payment.
            # TYPE checkout_orders_total counter
            checkout_orders_total{"{"}outcome="paid"{"}"} {rate.Paid}
            checkout_orders_total{"{"}outcome="refused"{"}"} {rate.Failed}

            """), "text/plain; version=0.0.4; charset=utf-8");

    static Results<Ok<FaultView>, ProblemHttpResult> Put(string name, bool on, Payments payments, Diary diary)
    {
        if (name != Payments.Fault) return Problems.Of(404, "no-such-fault", "No such fault", $"There is one fault here: {Payments.Fault}. Nothing was changed.");
        payments.Refused = on;
        diary.Write(on ? "injected" : "removed", name);
        return TypedResults.Ok(View(payments));
    }

    static FaultView View(Payments payments) => new(Payments.Fault, payments.Refused);
}

sealed record FaultView(string Name, bool On);
