using Plantao.Target.Checkout;

var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
var settings = Settings.Read(builder.Configuration);
if (builder.Configuration["urls"] is null) builder.WebHost.UseUrls("http://127.0.0.1:8480");
builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton(settings);
builder.Services.AddSingleton(new Diary(Console.Out, TimeProvider.System));
builder.Services.AddSingleton<Orders>();
builder.Services.AddSingleton<Payments>();
builder.Services.AddSingleton(new ErrorRate(settings.Rule.Window));
builder.Services.AddProblemDetails(problems => problems.CustomizeProblemDetails = context => Problems.Complete(context.ProblemDetails, context.HttpContext));

await using var app = builder.Build();
app.Use(Problems.Correlate);
app.UseExceptionHandler();
app.UseStatusCodePages();
Endpoints.Map(app);

await app.Services.GetRequiredService<Orders>().Prepare();
await app.StartAsync();
var address = app.Urls.First();
var diary = app.Services.GetRequiredService<Diary>();
diary.Write("listening", address);

var stopping = app.Lifetime.ApplicationStopping;
if (settings.EndsWithInput) _ = EndWithInput();
using var traffic = new Traffic(new Uri(address), settings.OrdersPerSecond, TimeProvider.System);
using var watch = new Watch(settings, app.Services.GetRequiredService<ErrorRate>(), new Uri(address), diary, TimeProvider.System);
await Task.WhenAll(traffic.Run(stopping), watch.Run(stopping), app.WaitForShutdownAsync());
return 0;

// Whoever started us holds the other end: it closes with them, however they end, and nothing is left running.
async Task EndWithInput()
{
    await Task.Yield();
    while (await Console.In.ReadLineAsync(stopping) is not null) { }
    app.Lifetime.StopApplication();
}
