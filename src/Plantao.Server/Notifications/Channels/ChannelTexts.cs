namespace Plantao.Notifications.Channels;

/// <summary>Our own words around a message, in one language. A language that lacks a word does not compile.</summary>
public sealed record ChannelTexts
{
    /// <summary>As in HTML's <c>lang</c>.</summary>
    public required string Language { get; init; }
    public required string Page { get; init; }
    public required string Notice { get; init; }
    public required string Verification { get; init; }
    public required string Test { get; init; }

    /// <summary>On the button of a page.</summary>
    public required string AnswerButton { get; init; }

    /// <summary>On the link to the thing itself.</summary>
    public required string DetailsLink { get; init; }

    /// <summary>The short code by which a reply names the page.</summary>
    public required string Code { get; init; }
    public required string Copy { get; init; }

    /// <summary>Under a message: when the event was and its correlation id. {at} and {id}.</summary>
    public required string Footer { get; init; }

    /// <summary>The table of facts, for who hears it.</summary>
    public required string Facts { get; init; }

    /// <summary>Why this button is a link, and good for one person.</summary>
    public required string Personal { get; init; }

    public static ChannelTexts English { get; } = new()
    {
        Language = "en",
        Page = "Page",
        Notice = "Notice",
        Verification = "Confirm this contact",
        Test = "Test: nothing is wrong",
        AnswerButton = "Answer this page",
        DetailsLink = "Open in Plantão",
        Code = "Code",
        Copy = "This may be a copy: an earlier attempt was cut off and may have reached you.",
        Footer = "{at} UTC · {id}",
        Facts = "Facts",
        Personal = "The link is for you alone. Do not forward it.",
    };

    public static ChannelTexts Portuguese { get; } = new()
    {
        Language = "pt-BR",
        Page = "Acionamento",
        Notice = "Aviso",
        Verification = "Confirme este contato",
        Test = "Teste: está tudo bem",
        AnswerButton = "Responder ao acionamento",
        DetailsLink = "Abrir no Plantão",
        Code = "Código",
        Copy = "Esta mensagem pode ser uma cópia: uma tentativa anterior foi interrompida e pode ter chegado até você.",
        Footer = "{at} UTC · {id}",
        Facts = "Dados",
        Personal = "O link é só para você. Não o encaminhe.",
    };

    public static IReadOnlyList<ChannelTexts> All { get; } = [English, Portuguese];

    /// <summary>The words of a language; English for one that we do not have.</summary>
    public static ChannelTexts For(string language) =>
        language.StartsWith("pt", StringComparison.OrdinalIgnoreCase) ? Portuguese : English;

    public string Name(MessageKind kind) => kind switch
    {
        MessageKind.Page => Page,
        MessageKind.Notice => Notice,
        MessageKind.Verification => Verification,
        MessageKind.Test => Test,
    };

    /// <summary>Our line under a message.</summary>
    public string FooterOf(Outgoing message) =>
        Footer.Replace("{at}", message.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("{id}", Plain.Line(message.CorrelationId, 200), StringComparison.Ordinal);
}
