using Plantao.Platform.Text;

namespace Plantao.Notifications;

/// <summary>The words of the button that sends a test page, in both languages.</summary>
public static class TestPageTexts
{
    public static Phrases All { get; } = new(new Dictionary<string, (string, string)>(StringComparer.Ordinal)
    {
        ["test"] = ("Test page", "Acionamento de teste"),
        ["test.never"] = ("You have not answered one within a year: nobody knows whether a page would reach you.", "Você não respondeu a nenhum em um ano: ninguém sabe se um acionamento chegaria até você."),
        ["test.last"] = ("You last answered one {0}.", "Você respondeu ao último {0}."),
        ["test.do"] = ("Send me a test page", "Enviar um acionamento de teste"),
    });
}
