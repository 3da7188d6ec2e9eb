using System.Globalization;
using Plantao.Notifications.Channels;
using Plantao.Notifications.Channels.Email;
using Plantao.Notifications.Channels.Ntfy;
using Plantao.Notifications.Channels.Slack;
using Plantao.Notifications.Channels.Teams;
using Plantao.Notifications.Channels.Webhook;
using Plantao.Notifications.Pages;
using Plantao.People;
using Plantao.Platform;
using Plantao.Platform.Doctor;
using Plantao.Platform.Egress;
using Plantao.Platform.Storage;
using Plantao.Platform.Web;

namespace Plantao.Notifications;

/// <summary>All that Rooms.cs knows of notifications.</summary>
public static class NotificationsRoom
{
    public static IServiceCollection AddNotifications(this IServiceCollection services, ServeOptions options)
    {
        var policy = new EgressPolicy { AllowLoopback = options.AllowLoopbackEgress };
        services.AddSingleton(provider => new EgressClient(new EgressOptions(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new ChannelOptions { Host = HostOf(options, provider.GetRequiredService<NodeState>()), Policy = policy });
        services.AddSingleton<NotificationStore>();
        services.AddSingleton<RecipientStore>();
        services.AddSingleton<Paging>();
        services.AddSingleton<Notices>();
        services.AddSingleton<Plantao.OnCall.ITellOfSwaps, TellOfSwaps>();
        services.AddSingleton<TestPages>();
        services.AddSingleton<Breaker>();
        services.AddSingleton<DeliveryMetrics>();
        services.AddSingleton(Random.Shared);   // spreads retries; a simulation gives its own, so that a seed replays
        services.AddSingleton<ISendCode, SendCode>();
        services.AddSingleton<IMailLinks, MailLinks>();
        services.AddPanel<OwnReach, TestPagePanel>("main", 10);
        services.AddNotificationSelfTests();
        services.AddSingleton<IForgetPeople, ForgetInPages>();
        services.AddSingleton<IRetain>(new HistoryRetention("pages", NotificationStore.RemoveEndedPages));
        services.AddSingleton<IRetain>(new HistoryRetention("notices", NotificationStore.RemoveEndedNotices));
        services.AddSingleton<IDoctorCheck, MailCheck>();
        services.AddSingleton<IDoctorCheck, ChannelsCheck>();
        services.AddWorker<PageWorker>();
        services.AddWaitingTimers(by => $"UPDATE pages SET due_at = due_at + {by} WHERE due_at IS NOT NULL");
        services.AddWaitingTimers(by => $"UPDATE deliveries SET due_at = due_at + {by} WHERE status IN ('Pending', 'Sending')");
        services.AddSingleton<Deliverers>();
        services.AddHostedService(provider => provider.GetRequiredService<Deliverers>());
        services.AddHostedService<LastResort>();

        if (MailFromEnvironment(policy) is { } mail)
        {
            services.AddSingleton(mail);
            services.AddSingleton<IChannel, EmailChannel>();
        }
        else
        {
            services.AddSingleton<IChannel, MailNotSetUp>();
        }

        services.AddSingleton<IChannel, SlackChannel>();
        services.AddSingleton<IChannel, TeamsChannel>();
        services.AddSingleton<IChannel, WebhookChannel>();
        services.AddSingleton<IChannel, NtfyChannel>();
        return services;
    }

    public static IEndpointRouteBuilder MapNotifications(this IEndpointRouteBuilder routes)
    {
        AnswerEndpoints.Map(routes);
        TestPageScreens.Map(routes);
        TestPageEndpoints.Map(routes);
        return routes;
    }

    static string HostOf(ServeOptions options, NodeState state) =>
        Uri.TryCreate(options.PublicAddress ?? state.PublicAddress ?? options.Urls.Split(';')[0], UriKind.Absolute, out var uri) ? uri.Host : "localhost";

    /// <summary><c>PLANTAO_SMTP_SERVER</c>, <c>_PORT</c>, <c>_FROM</c>, <c>_TLS</c> (StartTls, Implicit or None; without it Implicit on port 465, else StartTls), <c>_USER</c>, <c>_PASSWORD</c>.</summary>
    static EmailOptions? MailFromEnvironment(EgressPolicy policy)
    {
        static string? Get(string name) => Environment.GetEnvironmentVariable("PLANTAO_SMTP_" + name) is { Length: > 0 } value ? value : null;
        if (Get("SERVER") is not { } server) return null;
        var port = int.Parse(Get("PORT") ?? "587", CultureInfo.InvariantCulture);
        var mail = new EmailOptions
        {
            Server = server,
            Port = port,
            From = Get("FROM") ?? "plantao@" + server,
            Tls = Enum.Parse<MailTls>(Get("TLS") ?? (port == 465 ? nameof(MailTls.Implicit) : nameof(MailTls.StartTls)), ignoreCase: true),
            User = Get("USER"),
            // Within the lease of a delivery: a slow server must not make two nodes send.
            Timeout = TimeSpan.FromSeconds(10),
            Password = Get("PASSWORD"),
            // The relay is named by who runs the server, not by somebody on the web: it may be inside.
            Policy = policy with { AllowPrivate = true, AllowLoopback = true },
        };
        return mail.Check() is { Allowed: true } good ? good.Value : throw new InvalidOperationException("PLANTAO_SMTP_…: " + mail.Check().Refusal.Message);
    }
}

/// <summary>Stands where mail would be: says that it is not set up, so that the next contact method is taken at once.</summary>
public sealed class MailNotSetUp : IChannel
{
    public string Name => "email";

    public Ruling<string> Address(string typed) => MailAddresses.Check(typed);

    public Task<Answer> Send(Outgoing message, CancellationToken ct) =>
        Task.FromResult<Answer>(new Answer.GiveUp("mail is not set up on this server (PLANTAO_SMTP_SERVER)"));
}
