using Plantao.Platform;
using Plantao.Platform.Access;

namespace Plantao.People;

/// <summary>Whether somebody can sign in and be paged. Stored by name.</summary>
public enum UserStatus
{
    /// <summary>Was asked to come and has not come yet.</summary>
    Invited,

    Active,

    /// <summary>Left. Kept, because the past names them.</summary>
    Deactivated,
}

/// <summary>A person.</summary>
/// <param name="Id"><c>usr_…</c></param>
/// <param name="Name">Unique handle, as in definitions: <see cref="Slug"/>.</param>
/// <param name="Email">Unique, lower case. Always a contact method as well.</param>
/// <param name="Zone">IANA time zone.</param>
/// <param name="Language">One of <see cref="Languages"/>.</param>
public sealed record User(
    string Id, string Name, string DisplayName, string Email, string Zone, string Language, OrganisationRole Role, UserStatus Status, DateTimeOffset CreatedAt)
{
    /// <summary>What screens and messages are written in.</summary>
    public static IReadOnlyList<string> Languages { get; } = ["en", "pt-BR"];

    /// <summary>What is wrong with this person's details, or <see langword="null"/>.</summary>
    public Refusal? Fault() =>
        Slug.Fault(Name, "name")
        ?? Line.Fault(DisplayName, "display name")
        ?? (EmailAddress.Normal(Email) is null ? new Refusal("bad-email", "This is no e-mail address.", 400) : null)
        ?? ZoneFault(Zone)
        ?? (Languages.Contains(Language, StringComparer.Ordinal) ? null : new Refusal("unknown-language", $"The language is one of {string.Join(", ", Languages)}.", 400));

    /// <summary>Why this is no time zone, or <see langword="null"/>.</summary>
    public static Refusal? ZoneFault(string zone) => NodaTime.DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is null
        ? new Refusal("unknown-zone", "The zone is a name of the IANA time zone database, such as Europe/London or America/Sao_Paulo.", 400)
        : null;
}

/// <summary>One line of text for people.</summary>
public static class Line
{
    /// <summary>Why this is none, or <see langword="null"/>: 1 to 100 characters, none of them a control character or an unpaired surrogate.</summary>
    public static Refusal? Fault(string text, string what) =>
        text.Trim().Length is 0 or > 100 || text.Any(char.IsControl) || text.EnumerateRunes().Any(rune => rune == System.Text.Rune.ReplacementChar)
            ? new Refusal("bad-" + what.Replace(' ', '-'), $"The {what} has 1 to 100 characters in one line.", 400)
            : null;
}

/// <summary>A name for URLs and definitions: 1 to 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit.</summary>
public static class Slug
{
    public static Refusal? Fault(string name, string what) => name.Length is >= 1 and <= 63 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && name[0] != '-' && name[^1] != '-'
        ? null
        : new Refusal("bad-name", $"The {what} has 1 to 63 lower-case letters, digits and hyphens, and begins and ends with a letter or digit.", 400);

    /// <summary>A name from free text: <c>Ana Luísa</c> becomes <c>ana-luisa</c>.</summary>
    /// <returns>At most 40 characters; <paramref name="otherwise"/> when nothing usable is left.</returns>
    public static string From(string text, string otherwise)
    {
        var plain = text.Normalize(System.Text.NormalizationForm.FormD).ToLowerInvariant();
        var kept = new string([.. plain.Where(c => char.GetUnicodeCategory(c) is not System.Globalization.UnicodeCategory.NonSpacingMark).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]);
        var name = string.Join('-', kept.Split('-', StringSplitOptions.RemoveEmptyEntries));
        if (name.Length > 40) name = name[..40].TrimEnd('-');
        return name.Length > 0 ? name : otherwise;
    }
}

/// <summary>Addresses of e-mail, as far as an address can be judged without sending to it.</summary>
public static class EmailAddress
{
    /// <summary>Lower-cased and trimmed; <see langword="null"/> when it cannot be one (RFC 5321: 254 characters, 64 before the @).</summary>
    public static string? Normal(string? typed)
    {
        var address = typed?.Trim().ToLowerInvariant();
        if (address is null || address.Length > 254) return null;
        var at = address.LastIndexOf('@');
        if (at is < 1 or > 64 || at == address.Length - 1) return null;
        var (local, domain) = (address[..at], address[(at + 1)..]);
        return local.All(c => char.IsAsciiLetterOrDigit(c) || ".!#$%&'*+/=?^_`{|}~-".Contains(c)) && !local.StartsWith('.') && !local.EndsWith('.') && !local.Contains("..", StringComparison.Ordinal)
            && domain.Split('.').All(label => label.Length is > 0 and <= 63 && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && label[0] != '-' && label[^1] != '-')
            ? address
            : null;
    }
}
