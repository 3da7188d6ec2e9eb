using System.Text;

namespace Plantao.Bench;

/// <summary>Does the kit itself measure rightly? Every script runs this first.</summary>
static class CheckVerb
{
    public static int Run()
    {
        var wrong = Quantiles().Concat(Frames()).Concat(Messages()).ToList();
        foreach (var what in wrong) Console.Error.WriteLine($"The kit is wrong: {what}");
        return wrong.Count == 0 ? 0 : 1;
    }

    static IEnumerable<string> Quantiles()
    {
        var latencies = new Latencies();
        for (var value = 1; value <= 1_000_000; value++) latencies.Add(value);
        foreach (var share in (double[])[0.01, 0.5, 0.9, 0.99, 0.999])
        {
            var (found, expected) = (latencies.Quantile(share), share * 1000);
            if (Math.Abs(found - expected) > expected * 0.016) yield return $"the {share} quantile of 1 to 1,000,000 ns is {found} us, not {expected}";
        }
        if (latencies.MaxMicroseconds is not 1000) yield return "the maximum is lost";
    }

    static IEnumerable<string> Frames()
    {
        (string Text, Frame? Expected)[] cases =
        [
            ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", new Frame(200, 38, 40)),
            ("HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n1a\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\n\r\n", new Frame(202, 53, 90)),
            ("HTTP/1.1 204 No Content\r\n\r\n", new Frame(204, 27, 27)),
            ("POST /hook HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", new Frame(0, 42, 45)),
        ];
        foreach (var (text, expected) in cases)
        {
            var bytes = Encoding.ASCII.GetBytes(text);
            if (Frame.Read(bytes) != expected) yield return $"{Frame.Read(bytes)} for {text}";
            for (var cut = 0; cut < bytes.Length; cut++)
            {
                if (Frame.Read(bytes.AsSpan(0, cut)) is not null) yield return $"{cut} bytes are taken for a whole: {text}";
            }
        }
    }

    static IEnumerable<string> Messages()
    {
        (Format, Body, int)[] cases = [(Format.Alertmanager, Body.Usual, 1), (Format.Alertmanager, Body.Small, 64), (Format.Alertmanager, Body.Usual, 64), (Format.PagerDuty, Body.Usual, 1), (Format.Opsgenie, Body.Usual, 1)];
        foreach (var (format, said, batch) in cases)
        {
            var message = Message.Of(format, new Uri("http://127.0.0.1:20000/prefix/"), "key", batch, "abcdefgh", DateTimeOffset.UnixEpoch, said, apart: true);
            var bytes = message.Copy();
            for (var place = 0; place < batch; place++) message.Number(bytes, place, 9_000_000_000 + place);
            message.EndsAt(bytes, Message.Instant(DateTimeOffset.UnixEpoch));
            if (Frame.Read(bytes) is not { } frame || frame.Length != bytes.Length) { yield return $"a {format} message of {batch} has no end"; continue; }

            var body = System.Text.Json.JsonDocument.Parse(bytes.AsMemory(frame.BodyAt)).RootElement.GetRawText();
            if (body.Contains('@', StringComparison.Ordinal) || body.Contains('#', StringComparison.Ordinal)) yield return $"a {format} message of {batch} has a hole";
            for (var place = 0; place < batch; place++)
            {
                if (!body.Contains($"bmabcdefgh-{9_000_000_000 + place}", StringComparison.Ordinal)) yield return $"alert {place} of a {format} message of {batch} has no number";
            }
        }
    }
}
