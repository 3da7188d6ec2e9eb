using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Plantao.Platform.Telemetry;

using Tag = KeyValuePair<string, object?>;

/// <summary>Keeps what one meter measures, and writes it as Prometheus reads it.</summary>
/// <remarks>
/// Text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats). Dots become underscores; <c>s</c> and <c>By</c> become
/// <c>_seconds</c> and <c>_bytes</c>; counters end in <c>_total</c>. A measurement with known labels allocates nothing.
/// </remarks>
public sealed class PrometheusText : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Series of one instrument at most: a label that comes from outside cannot fill the memory.</summary>
    const int MostSeries = 1000;

    readonly ConcurrentDictionary<Instrument, Family> families = new();
    readonly MeterListener listener = new();
    readonly Lock reading = new();
    long dropped;

    /// <param name="meter">This meter's instruments and no other's.</param>
    public PrometheusText(Meter meter)
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (!ReferenceEquals(instrument.Meter, meter)) return;
            var family = families.GetOrAdd(instrument, static i => new Family(i));
            self.EnableMeasurementEvents(instrument, family);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, state) => Measured(state, value, tags));
        listener.SetMeasurementEventCallback<int>((_, value, tags, state) => Measured(state, value, tags));
        listener.SetMeasurementEventCallback<double>((_, value, tags, state) => Measured(state, value, tags));
        listener.Start();
    }

    /// <summary>All there is now. Asks the observable instruments.</summary>
    public string Write()
    {
        lock (reading)
        {
            // A gauge that no longer names a series does not have it any more.
            foreach (var family in families.Values) family.BeginRead();
            try
            {
                listener.RecordObservableInstruments();
            }
            catch (AggregateException)
            {
                // One gauge cannot be read (its database is away): the others still tell, and its own series is absent.
                Interlocked.Increment(ref dropped);
            }

            var text = new StringBuilder(16 * 1024);
            foreach (var family in families.Values.OrderBy(f => f.Name, StringComparer.Ordinal)) family.WriteTo(text);
            text.Append("# HELP plantao_metrics_dropped_total Measurements that were not kept: too many series, or an instrument that could not be read\n# TYPE plantao_metrics_dropped_total counter\n")
                .Append("plantao_metrics_dropped_total ").Append(Interlocked.Read(ref dropped)).Append('\n');
            return text.ToString();
        }
    }

    public void Dispose() => listener.Dispose();

    void Measured(object? state, double value, ReadOnlySpan<Tag> tags)
    {
        if (state is Family family && !family.Add(value, tags)) Interlocked.Increment(ref dropped);
    }

    enum Kind { Counter, Gauge, Histogram }

    sealed class Family
    {
        readonly Kind kind;
        readonly bool observed;
        readonly bool adds;
        readonly string help;
        readonly double[] bounds;
        readonly ConcurrentDictionary<Tag[], Series> series = new(new Labels());
        readonly ConcurrentDictionary<Tag[], Series>.AlternateLookup<ReadOnlySpan<Tag>> found;

        public Family(Instrument instrument)
        {
            var type = instrument.GetType().GetGenericTypeDefinition();
            kind = type == typeof(Histogram<>) ? Kind.Histogram
                : type == typeof(Counter<>) || type == typeof(ObservableCounter<>) ? Kind.Counter
                : Kind.Gauge;
            observed = instrument.IsObservable;
            adds = !observed && (kind is Kind.Counter || type == typeof(UpDownCounter<>));
            help = instrument.Description ?? instrument.Name;
            bounds = kind is Kind.Histogram ? Bounds(instrument) : [];
            var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
            Name = instrument.Name.Replace('.', '_').Replace('-', '_') + unit + (kind is Kind.Counter ? "_total" : "");
            found = series.GetAlternateLookup<ReadOnlySpan<Tag>>();
            // A counter that has counted nothing says so: an absent series looks like an absent server.
            if (!observed && kind is Kind.Counter) series.TryAdd([], new Series(0));
        }

        public string Name { get; }

        public bool Add(double value, ReadOnlySpan<Tag> tags)
        {
            if (!found.TryGetValue(tags, out var one))
            {
                if (series.Count >= MostSeries) return false;
                one = series.GetOrAdd(tags.ToArray(), static (_, buckets) => new Series(buckets), bounds.Length);
            }

            if (kind is Kind.Histogram) one.Observe(value, bounds);
            else if (adds) one.Increase(value);
            else one.Set(value);
            return true;
        }

        public void BeginRead()
        {
            if (observed) series.Clear();
        }

        public void WriteTo(StringBuilder text)
        {
            var all = series.Select(pair => (Labels: Rendered(pair.Key), pair.Value)).Where(s => s.Value.Touched || series.Count == 1).OrderBy(s => s.Labels, StringComparer.Ordinal).ToList();
            if (all.Count == 0) return;
            text.Append("# HELP ").Append(Name).Append(' ').Append(help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
            text.Append("# TYPE ").Append(Name).Append(' ').Append(kind switch { Kind.Counter => "counter", Kind.Gauge => "gauge", Kind.Histogram => "histogram" }).Append('\n');
            foreach (var (labels, value) in all)
            {
                if (kind is not Kind.Histogram)
                {
                    Line(text, "", labels, null, value.Value);
                    continue;
                }

                var (counts, sum) = value.Read();
                var total = 0L;
                for (var i = 0; i < counts.Length; i++)
                {
                    total += counts[i];
                    Line(text, "_bucket", labels, i < bounds.Length ? Number(bounds[i]) : "+Inf", total);
                }

                Line(text, "_sum", labels, null, sum);
                Line(text, "_count", labels, null, total);
            }
        }

        void Line(StringBuilder text, string suffix, string labels, string? bound, double value)
        {
            text.Append(Name).Append(suffix);
            if (labels.Length > 0 || bound is not null)
            {
                text.Append('{').Append(labels);
                if (bound is not null) text.Append(labels.Length > 0 ? "," : "").Append("le=\"").Append(bound).Append('"');
                text.Append('}');
            }

            text.Append(' ').Append(Number(value)).Append('\n');
        }

        static double[] Bounds(Instrument instrument) => instrument switch
        {
            Histogram<double> { Advice.HistogramBucketBoundaries: { } own } => [.. own],
            Histogram<long> { Advice.HistogramBucketBoundaries: { } own } => [.. own.Select(b => (double)b)],
            Histogram<int> { Advice.HistogramBucketBoundaries: { } own } => [.. own.Select(b => (double)b)],
            _ => [.. Instruments.Seconds],
        };

        static string Rendered(Tag[] tags)
        {
            if (tags.Length == 0) return "";
            var text = new StringBuilder();
            foreach (var (name, value) in tags)
            {
                if (text.Length > 0) text.Append(',');
                foreach (var c in name) text.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
                text.Append("=\"");
                foreach (var c in Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")
                    text.Append(c switch { '\\' => "\\\\", '"' => "\\\"", '\n' => "\\n", _ => c.ToString() });
                text.Append('"');
            }

            return text.ToString();
        }

        static string Number(double value) => value switch
        {
            double.PositiveInfinity => "+Inf",
            double.NegativeInfinity => "-Inf",
            double.NaN => "NaN",
            _ => value.ToString("R", CultureInfo.InvariantCulture),
        };
    }

    /// <summary>One series: a number, or the counts of its buckets.</summary>
    sealed class Series(int bounds)
    {
        readonly Lock gate = new();
        readonly long[] counts = bounds == 0 ? [] : new long[bounds + 1];
        double value;

        public bool Touched { get; private set; }

        public double Value
        {
            get
            {
                lock (gate) return value;
            }
        }

        public void Set(double to)
        {
            lock (gate) (value, Touched) = (to, true);
        }

        public void Increase(double by)
        {
            lock (gate) (value, Touched) = (value + by, true);
        }

        public void Observe(double measured, double[] limits)
        {
            var bucket = 0;
            while (bucket < limits.Length && measured > limits[bucket]) bucket++;
            lock (gate)
            {
                counts[bucket]++;
                (value, Touched) = (value + measured, true);
            }
        }

        public (long[] Counts, double Sum) Read()
        {
            lock (gate) return ([.. counts], value);
        }
    }

    /// <summary>Compares labels where they lie, so that looking up a known series allocates nothing.</summary>
    sealed class Labels : IEqualityComparer<Tag[]>, IAlternateEqualityComparer<ReadOnlySpan<Tag>, Tag[]>
    {
        public bool Equals(Tag[]? x, Tag[]? y) => Equals(x.AsSpan(), y!);

        public int GetHashCode(Tag[] obj) => GetHashCode((ReadOnlySpan<Tag>)obj);

        public bool Equals(ReadOnlySpan<Tag> alternate, Tag[] other)
        {
            if (alternate.Length != other.Length) return false;
            for (var i = 0; i < other.Length; i++)
                if (alternate[i].Key != other[i].Key || !Equals(alternate[i].Value, other[i].Value)) return false;
            return true;
        }

        public int GetHashCode(ReadOnlySpan<Tag> alternate)
        {
            var hash = new HashCode();
            foreach (var (name, value) in alternate)
            {
                hash.Add(name, StringComparer.Ordinal);
                hash.Add(value);
            }

            return hash.ToHashCode();
        }

        public Tag[] Create(ReadOnlySpan<Tag> alternate) => alternate.ToArray();
    }
}
