using System.Globalization;
using System.Text;
using System.Text.Json;
using Plantao.Platform.Text;

namespace Plantao.Alerts.Intake.Heartbeats;

/// <summary>A job or a host says that it is alive, and perhaps that it failed. GET, HEAD and POST; the name is in the path, the body optional.</summary>
/// <remarks>
/// <para>How it went: <c>exit</c> (0 is well) or <c>status</c>, as a query parameter or as a member of a JSON body; without either, well.
/// A body that is no JSON is the output of the job and becomes the text.</para>
/// <para>Makes two readings. A job that fails is alive all the same, so the first is always a heartbeat, with the name as key. The second,
/// whose key is <see cref="OutcomeKey"/>, fires when it failed and resolves when it went well (S1-70: a non-zero exit creates an alert).</para>
/// </remarks>
public static class HeartbeatPing
{
    /// <summary>What is kept of a job's output, from its end: that is where the error is. Characters.</summary>
    const int Output = 8_192;

    /// <summary>The dedup key of "this job failed", apart from that of "this job is silent".</summary>
    public static string OutcomeKey(string name) => name + "/outcome";

    /// <returns>200, or 400 with problem+json that names the member; then nothing is taken, not even the heartbeat.</returns>
    public static Taken Take(string name, ReadOnlySpan<byte> body, IntakeContext context)
    {
        var title = TextNormaliser.Line(name, IntakeLimits.LabelName);
        if (title.Length == 0) return Answers.Refuse("The name of the heartbeat is missing from the path.");

        var (exit, status, text) = (context.Query("exit"), context.Query("status"), (string?)null);
        if (Json(body) is { } document)
        {
            using (document)
            {
                var given = document.RootElement;
                foreach (var member in (ReadOnlySpan<string>)["exit", "status"])
                {
                    if (given.Member(member) is { ValueKind: not (JsonValueKind.String or JsonValueKind.Number) })
                        return Answers.Refuse($"{member} must be a string or a number.");
                }
                exit ??= given.Member("exit")?.Written();
                status ??= given.Member("status")?.Written();
                text = given.Text("text") ?? given.Text("message");
            }
        }
        else if (!body.IsEmpty)
        {
            text = Encoding.UTF8.GetString(body);
        }

        if (!TryOutcome(exit, status, out var failure, out var wrong)) return Answers.Refuse(wrong);

        text = TextNormaliser.Lines(text?.Length > Output ? "…" + text[^Output..] : text, IntakeLimits.Text);
        var labels = LabelSet.Labels([KeyValuePair.Create("heartbeat", name)]);
        var key = TextNormaliser.Key(name);
        return new Taken(
            [
                new Reading(ReadingKind.Heartbeat, key, title, Labels: labels, SourceAt: context.Now),
                new Reading(
                    failure is null ? ReadingKind.Resolved : ReadingKind.Firing,
                    OutcomeKey(key),
                    TextNormaliser.Line($"{title}: {failure ?? "succeeded"}", IntakeLimits.Title),
                    text.Length > 0 ? text : null,
                    failure is null ? null : "error",
                    labels,
                    SourceAt: context.Now),
            ],
            Ok);
    }

    static IntakeAnswer Ok { get; } = new(200, "text/plain; charset=utf-8", "OK\n"u8.ToArray());

    /// <param name="failure">What went wrong, in words; <see langword="null"/> when it went well.</param>
    static bool TryOutcome(string? exit, string? status, out string? failure, out string wrong)
    {
        failure = null;
        wrong = "";
        if (!string.IsNullOrEmpty(exit))
        {
            if (!int.TryParse(exit, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var code))
            {
                wrong = "exit must be a whole number.";
                return false;
            }
            if (code != 0) failure = string.Create(CultureInfo.InvariantCulture, $"failed with exit code {code}");
        }

        switch ((status ?? "").Trim().ToLowerInvariant())
        {
            case "" or "ok" or "up" or "success" or "succeeded" or "passed" or "alive" or "0":
                return true;
            case "fail" or "failed" or "failure" or "error" or "down" or "critical":
                failure ??= "failed";
                return true;
            default:
                wrong = "status must be one of: ok up success succeeded passed alive; or fail failed failure error down critical.";
                return false;
        }
    }

    /// <summary>The body when it is a JSON object: anything else is a job's output.</summary>
    static JsonDocument? Json(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty || !JsonText.TryParse(body, out var document, out _)) return null;
        if (document.RootElement.ValueKind == JsonValueKind.Object) return document;

        document.Dispose();
        return null;
    }
}
