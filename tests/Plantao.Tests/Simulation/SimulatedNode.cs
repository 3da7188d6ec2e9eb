using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Plantao.Notifications;
using Plantao.Notifications.Channels;
using Plantao.Platform;
using Plantao.Platform.Storage.Backup;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Simulation;

/// <summary>One server without a host: every room's real parts on the shared database, and workers that are called one by one.</summary>
public sealed class SimulatedNode : IDisposable
{
    readonly ServiceProvider services;
    readonly List<Slot> slots;
    readonly Action<string> wrong;

    public SimulatedNode(string name, FaultyDb db, Vault vault, FakeClock clock, ServeOptions options, Random random, Func<string, SimulatedNode, IChannel> channel, Action<string> wrong)
    {
        (Name, Db, this.wrong) = (name, db, wrong);
        var state = new NodeState(name);
        var all = new ServiceCollection();
        all.AddLogging(logging => logging.AddProvider(new Complaints(line => { if (!Dead) wrong(line); })));
        all.AddSingleton(new Ground(db, vault, clock, state));
        all.AddSingleton<Plantao.Platform.Storage.Db>(db);
        all.AddSingleton(vault);
        all.AddSingleton<TimeProvider>(clock);
        all.AddSingleton(state);
        all.AddSingleton(new WorkerContext(db, clock, state));
        all.AddRooms(options);
        all.RemoveAll<IChannel>();
        foreach (var one in (string[])["email", "webhook"]) all.AddSingleton(channel(one, this));
        all.RemoveAll<Random>();
        all.AddSingleton(random);
        services = all.BuildServiceProvider();
        // Backups are files, and nothing of what is simulated.
        slots = [.. services.GetServices<Worker>().Where(w => w is not (BackupWorker or Plantao.Home.SelfTestWorker)).Concat(services.GetRequiredService<Deliverers>().Workers).Select(w => new Slot(w))];
    }

    public string Name { get; }

    public FaultyDb Db { get; }

    /// <summary>Killed with -9: nothing of it goes on.</summary>
    public bool Dead { get; private set; }

    /// <summary>Until when it stands still, as a machine that is suspended.</summary>
    public DateTimeOffset SuspendedUntil { get; private set; }

    public IServiceProvider Services => services;

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    public bool Runs(DateTimeOffset now) => !Dead && SuspendedUntil <= now;

    public void Suspend(DateTimeOffset until) => SuspendedUntil = until;

    public void Die()
    {
        Dead = true;
        Db.Die();
    }

    /// <summary>Lets each worker that is free do one piece, in an order of chance.</summary>
    /// <returns>Whether one says that there may be more.</returns>
    /// <summary>Which workers had more to do in the last round.</summary>
    public HashSet<string> Busy { get; } = new(StringComparer.Ordinal);

    public bool Work(Random random)
    {
        var more = false;
        Busy.Clear();
        var order = slots.ToArray();
        random.Shuffle(order);
        foreach (var slot in order)
        {
            if (Dead) return false;
            if (slot.Running is { IsCompleted: false }) continue;
            if (slot.Running is { } ended)
            {
                slot.Running = null;
                more |= Noted(slot.Worker, Look(slot.Worker, ended));
            }

            var task = slot.Worker.Work(CancellationToken.None);
            if (!task.IsCompleted) slot.Running = task;
            else more |= Noted(slot.Worker, Look(slot.Worker, task));
        }

        return more;
    }

    bool Noted(Worker worker, bool more)
    {
        if (more) Busy.Add(worker.GetType().Name);
        return more;
    }

    public void Dispose() => services.Dispose();

    bool Look(Worker worker, Task<bool> ended)
    {
        // The loop of the host logs it and comes round again; anything but an unavailable database is a defect.
        if (ended.Exception?.InnerException is { } fault and not Plantao.Platform.Storage.DatabaseUnavailableException) wrong($"{worker.GetType().Name} of {Name}: {fault}");
        return ended.IsCompletedSuccessfully && ended.Result;
    }

    sealed class Slot(Worker worker)
    {
        public Worker Worker { get; } = worker;

        public Task<bool>? Running { get; set; }
    }

    /// <summary>What a server logs as an error is a defect, where every fault is one it must bear.</summary>
    sealed class Complaints(Action<string> wrong) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error) wrong($"logged as {logLevel}: {formatter(state, exception)} {exception}");
        }

        public void Dispose() { }
    }
}
