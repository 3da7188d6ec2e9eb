using System.Globalization;
using System.Net.Mail;
using Plantao.Platform;

namespace Plantao.Notifications.Channels.Email;

/// <summary>Mail addresses as people have them: one mailbox, no name, no list, no comment, no quotes.</summary>
static class MailAddresses
{
    const string Atoms = "!#$%&'*+/=?^_`{|}~-";

    /// <summary>Checks one address.</summary>
    /// <returns>As typed, with the domain in lower case and in its ASCII form.</returns>
    /// <remarks>The dot-atom of RFC 5321, section 4.1.2: at most 64 characters before the @ and 254 in all. ASCII only before the @, since not every server takes more.</remarks>
    public static Ruling<string> Check(string typed)
    {
        var text = typed.Trim();
        var at = text.LastIndexOf('@');
        if (at is < 1 or > 64 || text.Length > 254) return No();

        var local = text[..at];
        if (local[0] == '.' || local[^1] == '.' || local.Contains("..", StringComparison.Ordinal)) return No();
        if (!local.All(c => char.IsAsciiLetterOrDigit(c) || c == '.' || Atoms.Contains(c, StringComparison.Ordinal))) return No();

        string domain;
        try
        {
            domain = new IdnMapping { UseStd3AsciiRules = true }.GetAscii(text[(at + 1)..]).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return No();
        }

        var labels = domain.Split('.');
        if (labels.Length < 2 || labels.Any(label => label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-') || labels[^1].All(char.IsAsciiDigit)) return No();

        var address = $"{local}@{domain}";
        return address.Length <= 254 && MailAddress.TryCreate(address, out var read) && read.Address == address ? address : No();

        static Refusal No() => new("address-not-valid", "This is no mail address that we can write to. Nothing was saved. Give one mailbox, such as ana@example.org.", 400);
    }
}
