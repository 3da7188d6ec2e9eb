using System.Buffers;
using System.Text;
using System.Text.Json;
using Plantao.Platform.Text;

namespace Plantao.Alerts.Intake.Alertmanager;

/// <summary>Makes a <see cref="Reading"/> of each alert.</summary>
struct AlertBuild : IAlertSink
{
    readonly DateTimeOffset now;
    readonly List<Reading> readings = [];
    readonly List<KeyValuePair<string, string>> annotations = [];
    readonly List<KeyValuePair<string, string>> labels = [];

    /// <summary>Names and values of the alert's labels, as bytes: the fingerprint is made of bytes, before any text is cleaned.</summary>
    byte[] bytes = ArrayPool<byte>.Shared.Rent(2048);
    int used;
    Label[] places = new Label[16];
    int count;

    bool inLabels;
    string annotation = "";
    int nameStart;
    string? link;

    internal AlertBuild(DateTimeOffset now) => this.now = now;

    readonly record struct Label(int NameStart, int NameEnd, int ValueEnd);

    internal readonly IReadOnlyList<Reading> Readings => readings;

    /// <summary>Gives the scratch memory back. Nothing may be told afterwards.</summary>
    internal void Return()
    {
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = [];
    }

    public void Begin()
    {
        Labels();
        Annotations();
        link = null;
    }

    public void Labels() => (inLabels, used, count) = (true, 0, 0);

    public void Annotations()
    {
        inLabels = false;
        annotations.Clear();
    }

    public void Name(in Utf8JsonReader name)
    {
        if (inLabels)
        {
            nameStart = used;
            Append(in name);
        }
        else
        {
            annotation = annotations.Count < IntakeLimits.LabelsRead ? Names.Of(in name) : "";
        }
    }

    public void Value(in Utf8JsonReader value)
    {
        if (!inLabels)
        {
            if (annotations.Count < IntakeLimits.LabelsRead) annotations.Add(KeyValuePair.Create(annotation, value.GetString() ?? ""));
            return;
        }

        var nameEnd = used;
        if (value.TokenType == JsonTokenType.String) Append(in value);
        if (used == nameEnd)
        {
            used = nameStart;   // a label without a value is none
            return;
        }

        if (count == places.Length) Array.Resize(ref places, count * 2);
        places[count++] = new Label(nameStart, nameEnd, used);
    }

    public void Link(in Utf8JsonReader link) => this.link = link.GetString();

    public void Keep(AlertSpan span)
    {
        var sorted = Sorted();
        var fingerprint = new Fingerprint();
        labels.Clear();
        for (var place = 0; place < sorted.Length; place++)
        {
            var name = NameOf(sorted[place]);
            if (place + 1 < sorted.Length && name.SequenceEqual(NameOf(sorted[place + 1]))) continue;   // given twice: the last counts

            var value = bytes.AsSpan(sorted[place].NameEnd..sorted[place].ValueEnd);
            fingerprint.Add(name, value);
            if (labels.Count < IntakeLimits.LabelsRead) labels.Add(KeyValuePair.Create(Names.Of(name), Encoding.UTF8.GetString(value)));
        }

        readings.Add(AlertWords.Reading(
            span.Resolved ? ReadingKind.Resolved : ReadingKind.Firing,
            fingerprint.ToString(),
            LabelSet.Labels(labels),
            LabelSet.Annotations(annotations),
            sourceAt: span.Resolved ? span.EndsAt : span.StartsAt,
            endsAt: span.EndsAt,
            link) with
        { EndIsAssumed = span.EndIsAssumed });
    }

    readonly ReadOnlySpan<byte> NameOf(Label label) => bytes.AsSpan(label.NameStart..label.NameEnd);

    /// <summary>The labels by name, those of one name in the order given. Prometheus sends them so.</summary>
    readonly ReadOnlySpan<Label> Sorted()
    {
        var given = places.AsSpan(0, count);
        for (var place = 1; place < given.Length; place++)
        {
            if (NameOf(given[place - 1]).SequenceCompareTo(NameOf(given[place])) < 0) continue;

            given.Sort(new ByName(bytes));
            break;
        }
        return given;
    }

    sealed class ByName(byte[] bytes) : IComparer<Label>
    {
        public int Compare(Label x, Label y)
        {
            var order = bytes.AsSpan(x.NameStart..x.NameEnd).SequenceCompareTo(bytes.AsSpan(y.NameStart..y.NameEnd));
            return order != 0 ? order : x.NameStart - y.NameStart;
        }
    }

    void Append(in Utf8JsonReader text)
    {
        var needed = used + text.ValueSpan.Length;
        if (needed > bytes.Length)
        {
            var more = ArrayPool<byte>.Shared.Rent(Math.Max(needed, bytes.Length * 2));
            bytes.AsSpan(0, used).CopyTo(more);
            ArrayPool<byte>.Shared.Return(bytes);
            bytes = more;
        }
        used += text.CopyString(bytes.AsSpan(used));
    }
}

/// <summary>The names that most alerts use, so that a hundred thousand alerts do not hold a hundred thousand copies.</summary>
static class Names
{
    static readonly (byte[] Bytes, string Name)[] Known =
        [.. new[]
        {
            "alertname", "instance", "job", "severity", "service", "team", "namespace", "pod", "container", "node", "cluster", "host",
            "env", "environment", "device", "summary", "description", "runbook_url", "dashboard", "message", "prometheus", "receiver",
        }.Select(name => (Encoding.UTF8.GetBytes(name), name))];

    internal static string Of(in Utf8JsonReader name) => name.ValueIsEscaped ? name.GetString() ?? "" : Of(name.ValueSpan);

    internal static string Of(ReadOnlySpan<byte> name)
    {
        foreach (var (bytes, known) in Known)
            if (bytes.Length == name.Length && name.SequenceEqual(bytes)) return known;

        return Encoding.UTF8.GetString(name);
    }
}
