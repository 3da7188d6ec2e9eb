using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Plantao.Bench;

/// <summary>What to send.</summary>
/// <param name="Rate">Requests per second at fixed times, whatever the target does (open loop); 0: each connection sends as soon as it was answered (closed loop).</param>
/// <param name="Requests">The last request to send; 0: no end but time.</param>
/// <param name="Pool">How many alerts are said again and again; 0: every alert is new.</param>
/// <param name="Moving">The alerts' end moves on every second, as Prometheus has it; else it stands still.</param>
sealed record Plan(IPEndPoint Target, Message Message, int Connections, double Rate, long Requests, long Pool, bool Moving, TimeSpan Warmup, TimeSpan Measured);

/// <summary>What came of it. Counts and times are of the measured part alone, save the failures, which are of all.</summary>
sealed class Outcome
{
    /// <summary>From the send to the last byte of the answer; in an open loop from the moment the request was due.</summary>
    public Latencies Latencies { get; } = new();

    /// <summary>How much later than due a request left, open loop only: the generator's own fault, or no connection was free.</summary>
    public Latencies Lateness { get; } = new();

    /// <summary>Answers by status.</summary>
    public long[] Statuses { get; } = new long[1000];
    public long Answered { get; set; }
    public long Sent { get; set; }
    public long Broken { get; set; }
    public long Unanswered { get; set; }
    public TimeSpan Took { get; set; }

    /// <summary>The body of the first answer that was not a success.</summary>
    public string? FirstRefusal { get; set; }

    public void Add(Outcome other)
    {
        Latencies.Add(other.Latencies);
        Lateness.Add(other.Lateness);
        for (var status = 0; status < Statuses.Length; status++) Statuses[status] += other.Statuses[status];
        Answered += other.Answered;
        Sent += other.Sent;
        Broken += other.Broken;
        Unanswered += other.Unanswered;
        Took = other.Took > Took ? other.Took : Took;
        FirstRefusal ??= other.FirstRefusal;
    }
}

/// <summary>Sends requests over many connections from one thread.</summary>
/// <param name="first">The number of the first alert.</param>
/// <param name="step">How far the next request's numbers lie from this one's: several loads side by side take turns.</param>
/// <param name="ledger">Where each request and each answer is written down.</param>
sealed class Load(Plan plan, long first = 0, int step = 1, Ledger? ledger = null)
{
    const int MostBroken = 1000;
    static readonly long AnswerWithin = (long)TimeSpan.FromSeconds(10).TotalNanoseconds;

    readonly Connection[] connections = new Connection[plan.Connections];
    readonly Queue<Connection> idle = new();
    readonly Outcome outcome = new();
    readonly Poller poller = new();
    readonly bool open = plan.Rate > 0;
    readonly double period = plan.Rate > 0 ? 1e9 / plan.Rate : 0;
    readonly long last = plan.Requests > 0 ? plan.Requests : plan.Rate > 0 ? (long)(plan.Rate * (plan.Warmup + plan.Measured).TotalSeconds) : long.MaxValue;

    long sent, inFlight, begin, measureFrom, end, clockSecond;
    byte[] endsAt = [];

    sealed class Connection(int key, byte[] request)
    {
        public readonly int Key = key;
        public readonly byte[] Request = request;
        public byte[] Inbox = new byte[4096];
        public Socket Socket = null!;
        public int Handle, Written, Filled;
        public long Since, Number;
        public bool Waiting, Writing;
    }

    /// <summary>The moment at which request <paramref name="number"/> of an open loop is due.</summary>
    public long DueAt(long number) => begin + (long)(number * period);

    /// <summary>Runs the plan to its end. The target has 10 s for the last answers.</summary>
    /// <param name="started">Told when the first request is about to leave.</param>
    /// <exception cref="SocketException">The target does not accept connections.</exception>
    public Outcome Run(Action? started = null)
    {
        Linux.WakePunctually();
        for (var key = 0; key < connections.Length; key++)
        {
            connections[key] = new Connection(key, plan.Message.Copy());
            Connect(connections[key]);
        }

        begin = Stopwatch.GetTimestamp();
        measureFrom = begin + (long)plan.Warmup.TotalNanoseconds;
        end = plan.Requests > 0 ? long.MaxValue : measureFrom + (long)plan.Measured.TotalNanoseconds;
        clockSecond = begin;
        endsAt = Message.Instant(TimeProvider.System.GetUtcNow().AddHours(1));
        foreach (var connection in connections) plan.Message.EndsAt(connection.Request, endsAt);
        started?.Invoke();

        foreach (var connection in connections)
        {
            if (open) idle.Enqueue(connection);
            else if (More(begin)) Send(connection, begin);
        }

        var now = begin;
        var lastAnswer = begin;
        while (More(now) || inFlight > 0)
        {
            if (open) now = SendDue(now);
            var wait = open && More(now) && idle.Count > 0 ? Math.Min(DueAt(sent) - now, 100_000_000) : 100_000_000;
            var events = poller.Wait(wait);
            now = Stopwatch.GetTimestamp();
            if (!events.IsEmpty) lastAnswer = now;
            else if (inFlight > 0 && now - lastAnswer > AnswerWithin) break;
            if (plan.Moving && now - clockSecond > 1_000_000_000) Tick(now);
            foreach (ref readonly var what in events) Hear(connections[what.Key], what.What);
        }

        outcome.Sent = sent;
        outcome.Unanswered = inFlight;
        outcome.Took = plan.Requests > 0 ? Stopwatch.GetElapsedTime(measureFrom) : plan.Measured;
        foreach (var connection in connections) connection.Socket.Dispose();
        poller.Dispose();
        return outcome;
    }

    bool More(long now) => sent < last && (open || now < end);

    long SendDue(long now)
    {
        while (More(now) && idle.Count > 0 && DueAt(sent) <= now)
        {
            var due = DueAt(sent);
            if (due >= measureFrom) outcome.Lateness.Add(now - due);
            Send(idle.Dequeue(), due);
            now = Stopwatch.GetTimestamp();
        }
        return now;
    }

    void Tick(long now)
    {
        clockSecond = now;
        endsAt = Message.Instant(TimeProvider.System.GetUtcNow().AddHours(1));
    }

    void Send(Connection connection, long since)
    {
        var message = plan.Message;
        var number = (first + sent * step) * message.Batch;
        for (var place = 0; place < message.Batch; place++)
            message.Number(connection.Request, place, plan.Pool > 0 ? (long)((ulong)(number + place) * 2654435761 % (ulong)plan.Pool) : number + place);
        if (plan.Moving) message.EndsAt(connection.Request, endsAt);

        ledger?.Sent(number);
        sent++;
        inFlight++;
        connection.Number = number;
        connection.Since = since;
        connection.Waiting = true;
        connection.Written = connection.Filled = 0;
        Write(connection);
    }

    void Write(Connection connection)
    {
        while (connection.Written < connection.Request.Length)
        {
            var count = Linux.Send(connection.Handle, connection.Request.AsSpan(connection.Written));
            if (count == -2) { Break(connection); return; }
            if (count == -1)
            {
                if (!connection.Writing) poller.Watch(connection.Handle, connection.Key, connection.Writing = true);
                return;
            }
            connection.Written += count;
        }
        if (connection.Writing) poller.Watch(connection.Handle, connection.Key, connection.Writing = false);
    }

    void Hear(Connection connection, uint what)
    {
        if (connection.Writing && (what & Linux.Writable) != 0) Write(connection);
        if ((what & ~Linux.Writable) == 0) return;

        if (connection.Filled == connection.Inbox.Length) Array.Resize(ref connection.Inbox, connection.Inbox.Length * 2);
        var count = Linux.Receive(connection.Handle, connection.Inbox.AsSpan(connection.Filled));
        if (count == -1) return;
        if (count is 0 or -2) { Break(connection); return; }

        connection.Filled += count;
        if (!connection.Waiting || Frame.Read(connection.Inbox.AsSpan(0, connection.Filled)) is not { } answer) return;

        var now = Stopwatch.GetTimestamp();
        ledger?.Answered(connection.Number, answer.Status);
        Count(connection, answer, now);
        inFlight--;
        connection.Waiting = false;
        if (open) idle.Enqueue(connection);
        else if (More(now)) Send(connection, now);
    }

    void Count(Connection connection, Frame answer, long now)
    {
        if (answer.Status is < 200 or > 299)
            outcome.FirstRefusal ??= System.Text.Encoding.UTF8.GetString(connection.Inbox.AsSpan(0, Math.Min(answer.Length, 2000)));

        // A closed loop counts what is answered within the time, an open one what was due within it, however late.
        if (open ? connection.Since < measureFrom : now < measureFrom || now > end) return;
        outcome.Latencies.Add(now - connection.Since);
        outcome.Statuses[Math.Clamp(answer.Status, 0, 999)]++;
        outcome.Answered++;
    }

    void Break(Connection connection)
    {
        var cut = connection.Waiting;
        if (cut) inFlight--;
        connection.Waiting = connection.Writing = false;
        connection.Filled = 0;
        if (++outcome.Broken > MostBroken) throw new IOException($"{MostBroken} connections broke: the target is gone or refuses us.");
        poller.Forget(connection.Handle);
        connection.Socket.Dispose();
        Connect(connection);
        if (!cut) return;
        if (open) idle.Enqueue(connection);
        else if (More(Stopwatch.GetTimestamp())) Send(connection, Stopwatch.GetTimestamp());
    }

    void Connect(Connection connection)
    {
        connection.Socket = new Socket(plan.Target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        connection.Socket.Connect(plan.Target);
        connection.Handle = (int)connection.Socket.Handle;
        poller.Watch(connection.Handle, connection.Key);
    }
}
