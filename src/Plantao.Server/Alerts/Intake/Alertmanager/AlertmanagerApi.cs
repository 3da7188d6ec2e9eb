namespace Plantao.Alerts.Intake.Alertmanager;

/// <summary>What a body of <c>POST /api/v2/alerts</c> amounts to, without what it says.</summary>
/// <param name="Alerts">How many readings <see cref="AlertmanagerApi.Take"/> makes of it: those kept, also when <paramref name="Answer"/> refuses others.</param>
/// <param name="Answer">What the sender is told.</param>
/// <param name="Refused">Why something was not taken; <see langword="null"/> when all was.</param>
public readonly record struct AlertCheck(int Alerts, IntakeAnswer Answer, string? Refused);

/// <summary>Alertmanager's <c>POST /api/v2/alerts</c>: what Prometheus, amtool and every tool with "an Alertmanager" in its settings sends.</summary>
/// <remarks>
/// Statuses and bodies are those of Alertmanager 0.25, observed, save for these: names of labels may be any UTF-8 (as from 0.27),
/// bodies that would crash it (<c>[null]</c>) are refused, text after the array is refused, nesting ends at 32, and a body has at
/// most <see cref="IntakeLimits.Readings"/> alerts. Pure, and safe to call from any thread.
/// </remarks>
public static class AlertmanagerApi
{
    /// <summary>Says what to answer and how many alerts there are, without building them: nothing is allocated when all is well.</summary>
    /// <remarks>The same code reads for <see cref="Take"/>, so the two never disagree.</remarks>
    public static AlertCheck Check(ReadOnlySpan<byte> body, IntakeContext context)
    {
        var count = new AlertCount();
        return AlertReader.Read(body, context, ref count);
    }

    /// <summary>Reads the alerts. Those that are valid are taken even when others are not.</summary>
    public static Taken Take(ReadOnlySpan<byte> body, IntakeContext context)
    {
        var build = new AlertBuild(context.Now);
        try
        {
            var check = AlertReader.Read(body, context, ref build);
            return new Taken(check.Alerts == 0 ? [] : build.Readings, check.Answer, check.Refused);
        }
        finally
        {
            build.Return();
        }
    }
}
