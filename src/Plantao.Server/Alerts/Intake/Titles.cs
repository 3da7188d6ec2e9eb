using Plantao.Platform.Text;

namespace Plantao.Alerts.Intake;

/// <summary>What a reading is called.</summary>
static class Titles
{
    /// <summary>The first candidate of which a reader can see something, as one line. There always is a title: somebody is woken by it.</summary>
    internal static string First(params ReadOnlySpan<string?> candidates)
    {
        foreach (var candidate in candidates)
            if (TextNormaliser.Line(candidate, IntakeLimits.Title) is { Length: > 0 } title) return title;

        return "(no title)";
    }
}
