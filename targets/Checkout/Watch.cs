using System.Globalization;
using System.Net.Http.Headers;

namespace Plantao.Target.Checkout;

/// <summary>Looks at the error rate ten times a second, and posts when the rule begins to fire and when it is over.</summary>
sealed class Watch(Settings settings, ErrorRate rate, Uri address, Diary diary, TimeProvider clock) : IDisposable
{
    static readonly SortedDictionary<string, string> Labels = new(StringComparer.Ordinal)
    {
        ["alertname"] = "CheckoutPaymentsFailing",
        ["job"] = "checkout",
        ["service"] = "checkout",
        ["severity"] = "page",
    };

    readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };

    public async Task Run(CancellationToken ct)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100), clock);
        DateTimeOffset? firingSince = null;
        var says = "";
        try
        {
            while (await tick.WaitForNextTickAsync(ct))
            {
                var now = clock.GetUtcNow();
                var (all, failed) = rate.Over(now);
                var fires = settings.Rule.Fires(firingSince is not null, all, failed);
                if (fires == firingSince is not null) continue;

                var figures = string.Create(CultureInfo.InvariantCulture, $"{failed} of {all} orders failed in {settings.Rule.Window.TotalSeconds:0.#} s");
                diary.Write(fires ? "noticed" : "over", figures);
                // Of one alert, what is posted at its end says the same as at its beginning, save the end.
                if (fires) says = figures;
                var startsAt = firingSince ?? now;
                await Post(startsAt, fires ? null : now, says, ct);
                firingSince = fires ? startsAt : null;
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The shop closes.
        }
    }

    /// <summary>As Alertmanager does it: a 5xx or no answer is tried again from 0.5 s on, at most 60 s; any other answer ends it.</summary>
    async Task Post(DateTimeOffset startsAt, DateTimeOffset? endsAt, string figures, CancellationToken ct)
    {
        var what = endsAt is null ? "firing" : "resolved";
        if (settings.AlertsTo is not { } url || settings.Silent)
        {
            diary.Write("silent", what + " is not posted: " + (settings.Silent ? "CHECKOUT_SILENT is set" : "there is no --alerts-to"));
            return;
        }

        var body = AlertmanagerMessage.Write(Labels, new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["description"] = figures,
            ["summary"] = "Customers cannot pay at the checkout",
        }, startsAt, endsAt, address);
        for (var wait = TimeSpan.FromSeconds(0.5); ; wait = wait * 1.5 < TimeSpan.FromSeconds(60) ? wait * 1.5 : TimeSpan.FromSeconds(60))
        {
            diary.Write("posting", what);
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                request.Headers.UserAgent.ParseAdd(AlertmanagerMessage.UserAgent);
                using var answer = await http.SendAsync(request, ct);
                diary.Write("answered", string.Create(CultureInfo.InvariantCulture, $"{(int)answer.StatusCode}"));
                if ((int)answer.StatusCode < 500) return;
            }
            catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !ct.IsCancellationRequested))
            {
                diary.Write("unanswered", e.Message);
            }

            await Task.Delay(wait, clock, ct);
        }
    }

    public void Dispose() => http.Dispose();
}
