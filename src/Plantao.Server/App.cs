using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Plantao.Platform;
using Plantao.Platform.Access;
using Plantao.Platform.Api;
using Plantao.Platform.Telemetry;
using Plantao.Platform.Web;

namespace Plantao;

/// <summary>Builds the server. <c>serve</c> and tests call the same function.</summary>
public static class App
{
    /// <summary>The largest body that any endpoint takes, in bytes.</summary>
    public const long LargestBody = 1024 * 1024;

    /// <param name="ground">Opened before, and disposed by who opened it, after the app.</param>
    /// <param name="more">What a test changes: its server, its sinks.</param>
    public static WebApplication Build(ServeOptions options, Ground ground, Action<WebApplicationBuilder>? more = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = "plantao",
            ContentRootPath = AppContext.BaseDirectory,
            // Nothing of ours is read again from a file while the server runs: a watcher would hold a thread and one of the few inotify handles of its user.
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });
        builder.WebHost.UseUrls(options.Urls);
        builder.WebHost.ConfigureKestrel(Limits);
        builder.Logging.ClearProviders();
        if (options.Log is LogForm.Json)
        {
            builder.Logging.AddJsonConsole(console =>
            {
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        }
        else
        {
            builder.Logging.AddConsole(console => console.FormatterName = LineFormatter.FormatterName);
            builder.Logging.AddConsoleFormatter<LineFormatter, Microsoft.Extensions.Logging.Console.ConsoleFormatterOptions>();
        }

        builder.Logging.SetMinimumLevel(LogLevel.Information);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        // It writes every path as it came, keys and all, before we see the request: no setting may turn it on.
        // Without it the host makes no activity of its own for each request either: ours are made where somebody listens.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);

        builder.Services.AddSingleton(ground);
        builder.Services.AddSingleton(ground.Db);
        builder.Services.AddSingleton(ground.Vault);
        builder.Services.AddSingleton(ground.Clock);
        builder.Services.AddSingleton(ground.State);
        builder.Services.AddSingleton(new WorkerContext(ground.Db, ground.Clock, ground.State));
        builder.Services.AddProblemDetails(problems => problems.CustomizeProblemDetails = context => Problems.Complete(context.ProblemDetails, context.HttpContext));
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter());
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.MaxDepth = 32;
            // A member that is absent or null where the contract has none is the caller's mistake (400), never our fault (500).
            json.SerializerOptions.RespectNullableAnnotations = true;
            json.SerializerOptions.RespectRequiredConstructorParameters = true;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
        builder.Services.AddRooms(options);
        builder.Services.AddRazorComponents();
        // An unpublished build outside Development would answer every stylesheet with nothing.
        builder.WebHost.UseStaticWebAssets();
        more?.Invoke(builder);

        var app = builder.Build();
        if (!app.Services.GetRequiredService<Proxies>().None) app.UseMiddleware<ProxyMiddleware>();
        app.UseMiddleware<CorrelationMiddleware>();
        app.UseMiddleware<FaultMiddleware>();
        app.UseRouting();   // intake ends here: its doors look at no session, and see to all else themselves
        app.UseStatusCodePages(Screens.NothingThere);
        app.UseMiddleware<TracingMiddleware>();
        app.UseMiddleware<CrossSiteMiddleware>();
        app.UseMiddleware<AccessMiddleware>();
        app.UseMiddleware<ScreenMiddleware>();
        app.UseMiddleware<IdempotencyMiddleware>();
        app.MapStaticAssets().Needs(Right.Open);
        app.MapRooms();
        return app;
    }

    static void Limits(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = LargestBody;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
        kestrel.Limits.MaxConcurrentConnections = Connections(File.Exists("/proc/self/limits") ? File.ReadAllText("/proc/self/limits") : "");
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(5));
    }

    /// <summary>How many clients may be connected: 5000, and so many less that a crowd of idle ones cannot take the handles that the engine needs. Without any, the runtime ends the process.</summary>
    /// <param name="limits">What the system allows this process, as in <c>/proc/self/limits</c>; empty where it is not known.</param>
    internal static long Connections(string limits)
    {
        // At rest some 260 are held: programs, the database, the log. Twice that leaves room for work.
        const long Own = 520;
        const string Name = "Max open files";
        var line = limits.Split('\n').FirstOrDefault(l => l.StartsWith(Name, StringComparison.Ordinal));
        return line is not null && long.TryParse(line[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture, out var files)
            ? Math.Clamp(files - Own, 32, 5000)
            : 5000;
    }
}
