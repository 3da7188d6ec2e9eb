using Plantao.Alerts.Pages;
using Plantao.Platform.Doctor;

namespace Plantao.Home.Pages;

/// <summary>A component of this room's screens. It also knows how alerts are spoken of.</summary>
public abstract class HomePart : AlertWords
{
    protected string T(string key, params IReadOnlyList<string> values) => Me.Say(HomeTexts.All, key, values);

    /// <summary>A sign's words, in the reader's language.</summary>
    protected string Said(Sign sign) => HomeTexts.All.Read(Me.Language, sign.Says);

    protected static string Glyph(Health health) => health switch { Health.Ok => "state-done", Health.Warning => "state-doubt", Health.Failure => "state-open" };

    protected static string Tone(Health health) => health switch { Health.Ok => "green", Health.Warning => "amber", Health.Failure => "red" };
}
