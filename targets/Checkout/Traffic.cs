namespace Plantao.Target.Checkout;

/// <summary>Customers: a few orders a second, through the front door.</summary>
sealed class Traffic(Uri address, int perSecond, TimeProvider clock) : IDisposable
{
    static readonly string[] Items = ["café 500 g", "pão de queijo 1 kg", "rapadura", "guaraná 2 l", "farofa 400 g"];

    readonly HttpClient http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(5) };

    public async Task Run(CancellationToken ct)
    {
        if (perSecond == 0) return;
        using var tick = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / perSecond), clock);
        for (var n = 0; !ct.IsCancellationRequested; n++)
        {
            try
            {
                await tick.WaitForNextTickAsync(ct);
                // What came of it, the service counts itself.
                using var answer = await http.PostAsJsonAsync("/orders", new OrderWanted(Items[n % Items.Length], 990 + n % 7 * 500), ct);
            }
            catch (Exception e) when (e is OperationCanceledException or HttpRequestException)
            {
                // The shop closes, or a customer went away; the next one comes.
            }
        }
    }

    public void Dispose() => http.Dispose();
}
