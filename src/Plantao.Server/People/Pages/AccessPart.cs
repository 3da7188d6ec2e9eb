using Plantao.Platform.Web.Components;

namespace Plantao.People.Pages;

/// <summary>A component of this room's screens.</summary>
public abstract class AccessPart : Part
{
    protected string T(string key, params IReadOnlyList<string> values) => Me.Say(AccessTexts.All, key, values);

    protected static IReadOnlyList<(string, string)> LanguageChoices { get; } = [("en", "English"), ("pt-BR", "Português (Brasil)")];
}
