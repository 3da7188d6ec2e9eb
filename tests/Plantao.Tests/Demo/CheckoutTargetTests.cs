using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Plantao.Alerts.Intake;
using Plantao.Alerts.Intake.Alertmanager;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Demo;

/// <summary>The sample checkout service, from outside.</summary>
[Trait("Kind", "Sqlite")]
public sealed class CheckoutTargetTests : IAsyncLifetime
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    readonly HttpSink receiver = new();
    readonly DirectoryInfo data = Directory.CreateTempSubdirectory("plantao-target-");
    ChildProgram checkout = null!;
    HttpClient http = null!;

    public async ValueTask InitializeAsync()
    {
        checkout = ChildProgram.Start(Path.Combine("targets", "checkout", "Plantao.Target.Checkout.dll"), null,
            "--urls", "http://127.0.0.1:0", "--alerts-to", receiver.Url + "/hook", "--data", data.FullName, "--end-with-input", "true");
        http = new HttpClient { BaseAddress = new Uri((await checkout.Output.ReadLineAsync())!.Split(" listening ")[1]) };
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await checkout.DisposeAsync();
        await receiver.DisposeAsync();
        data.Delete(recursive: true);
    }

    [Fact]
    public async Task An_order_is_paid_kept_and_found_again()
    {
        using var placed = await http.PostAsJsonAsync("/orders", new { item = "café", cents = 1990 }, Ct);
        Assert.Equal(HttpStatusCode.Created, placed.StatusCode);

        var order = await http.GetFromJsonAsync<JsonElement>(placed.Headers.Location, Ct);
        Assert.Equal(("café", 1990, "paid"), (order.GetProperty("item").GetString(), order.GetProperty("cents").GetInt32(), order.GetProperty("status").GetString()));
        Assert.Contains("checkout_orders_total{outcome=\"paid\"} ", await http.GetStringAsync("/metrics", Ct), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/orders/999999", null, 404)]
    [InlineData("GET", "/nothing", null, 404)]
    [InlineData("DELETE", "/orders", null, 405)]
    [InlineData("POST", "/orders", "{\"item\":", 400)]
    [InlineData("POST", "/orders", "{\"item\":\"\",\"cents\":5}", 422)]
    [InlineData("POST", "/orders", "null", 422)]
    [InlineData("POST", "/faults/unheard-of", null, 404)]
    public async Task Each_error_is_a_problem_with_the_correlation_id_of_its_call(string method, string path, string? body, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : new StringContent(body, null, "application/json") };
        request.Headers.Add("X-Correlation-ID", "night-4711");
        using var answer = await http.SendAsync(request, Ct);

        Assert.Equal((status, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal(["night-4711"], answer.Headers.GetValues("X-Correlation-ID"));
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        foreach (var member in (string[])["type", "title", "detail", "instance"]) Assert.NotEmpty(problem.GetProperty(member).GetString()!);
        Assert.Equal((status, path, "night-4711"), (problem.GetProperty("status").GetInt32(), problem.GetProperty("instance").GetString(), problem.GetProperty("correlationId").GetString()));
    }

    [Fact]
    public async Task Its_watch_posts_a_fault_and_its_end_as_Alertmanager_does()
    {
        receiver.Answer = HttpSink.With(202, null, "");
        using (var on = await http.PostAsync("/faults/payments-refused", null, Ct)) Assert.Equal(HttpStatusCode.OK, on.StatusCode);
        using (var refused = await http.PostAsJsonAsync("/orders", new { item = "café", cents = 1990 }, Ct)) Assert.Equal(HttpStatusCode.BadGateway, refused.StatusCode);
        await Until("answered");
        using (var off = await http.DeleteAsync("/faults/payments-refused", Ct)) Assert.Equal(HttpStatusCode.OK, off.StatusCode);
        await Until("answered");

        var requests = receiver.Requests.ToList();
        Assert.Equal(2, requests.Count);
        Assert.All(requests, r => Assert.Equal(("POST /hook HTTP/1.1", "application/json", "Alertmanager/0.25.0"), (r.Line, r["Content-Type"], r["User-Agent"])));
        var (firing, resolved) = (JsonDocument.Parse(requests[0].Body).RootElement, JsonDocument.Parse(requests[1].Body).RootElement);
        Assert.Equal(
            ["receiver", "status", "alerts", "groupLabels", "commonLabels", "commonAnnotations", "externalURL", "version", "groupKey", "truncatedAlerts"],
            firing.EnumerateObject().Select(m => m.Name));
        Assert.Equal(
            ["status", "labels", "annotations", "startsAt", "endsAt", "generatorURL", "fingerprint"],
            firing.GetProperty("alerts")[0].EnumerateObject().Select(m => m.Name));
        Assert.Equal(("firing", "resolved"), (firing.GetProperty("status").GetString(), resolved.GetProperty("status").GetString()));
        Assert.Equal("""{}:{alertname="CheckoutPaymentsFailing"}""", firing.GetProperty("groupKey").GetString());
        Assert.Equal(firing.GetProperty("groupKey").GetString(), resolved.GetProperty("groupKey").GetString());
        var (begun, ended) = (firing.GetProperty("alerts")[0], resolved.GetProperty("alerts")[0]);
        Assert.Equal(begun.GetProperty("startsAt").GetString(), ended.GetProperty("startsAt").GetString());
        Assert.Equal("0001-01-01T00:00:00Z", begun.GetProperty("endsAt").GetString());
        Assert.True(ended.GetProperty("endsAt").GetDateTimeOffset() > ended.GetProperty("startsAt").GetDateTimeOffset());

        // Our own reader of the real one's messages finds in it what is written there, fingerprint and all.
        var labels = begun.GetProperty("labels").EnumerateObject().Select(l => KeyValuePair.Create(l.Name, l.Value.GetString()!));
        Assert.Equal(Fingerprint.Of(labels), begun.GetProperty("fingerprint").GetString());
        var taken = AlertmanagerWebhook.Take(requests[1].Body, new IntakeContext(ended.GetProperty("endsAt").GetDateTimeOffset()));
        Assert.Equal(ReadingKind.Resolved, Assert.Single(taken.Readings).Kind);
    }

    async Task Until(string word)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        while (await checkout.Output.ReadLineAsync(limit.Token) is { } line)
            if (line.Split(' ')[1] == word) return;
        Assert.Fail($"The service ended without having {word}.");
    }
}
