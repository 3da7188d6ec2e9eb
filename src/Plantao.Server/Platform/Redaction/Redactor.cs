using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using System.Text.RegularExpressions;

namespace Plantao.Platform.Redaction;

/// <summary>What was taken out. Its lower-case name stands in the text: <c>[redacted:email]</c>.</summary>
public enum RedactionKind { Token, Password, Authorization, Cookie, Signature, Webhook, Key, Email, Cpf, Cnpj, Phone, Card }

/// <summary>A text that may be shown, and how much was taken out of it.</summary>
/// <param name="Count">Places that were replaced; 0: the text is the very one given.</param>
public readonly record struct Redacted(string Text, int Count);

/// <summary>Takes secrets and personal data out of text before it is logged, stored as evidence or shown on a timeline.</summary>
/// <remarks>
/// design.md §3.12. A match is replaced whole, never in part; where the end of a value is uncertain, more is taken rather than less.
/// Linear in the length of the text: patterns are non-backtracking, digits and mailboxes are scanned by hand.
/// Hostnames, addresses, UUIDs, hashes, instants and versions pass untouched. Safe for any number of callers at once.
/// </remarks>
public sealed class Redactor
{
    static readonly RedactionKind[] Kinds = Enum.GetValues<RedactionKind>();
    static readonly string[] Marks = [.. Kinds.Select(kind => $"[redacted:{kind.ToString().ToLowerInvariant()}]")];

    readonly long[] totals = new long[Kinds.Length];

    /// <summary>What was taken out since the start, by kind, for a metric.</summary>
    public IReadOnlyList<(RedactionKind Kind, long Count)> Totals => [.. Kinds.Select(kind => (kind, Interlocked.Read(ref totals[(int)kind])))];

    /// <summary>The mark that stands for what was taken out.</summary>
    public static string Mark(RedactionKind kind) => Marks[(int)kind];

    /// <summary>Redacts one value that has a name (a label, a header, a field): a name that speaks of a secret takes the whole value.</summary>
    public Redacted Redact(string name, string value)
    {
        if (value.Length == 0 || OfName(name) is not { } kind) return Redact(value);
        if (value.Equals(Mark(kind), StringComparison.Ordinal)) return new(value, 0);
        Count(kind);
        return new(Mark(kind), 1);
    }

    /// <summary>Redacts free text.</summary>
    public Redacted Redact(string text)
    {
        var span = text.AsSpan();
        var (digits, at) = Survey(span);
        var words = span.ContainsAny(AnyWord);
        if (!words && !at && digits < 8) return new(text, 0);

        var count = 0;
        if (words) text = ByWords(text, ref count);
        if (at) text = Mailboxes(text, ref count);
        if (digits >= 8) text = Numbers(text, ref count);
        return new(text, count);
    }

    // ---- Names ----

    static readonly FrozenDictionary<string, RedactionKind> Names = new Dictionary<string, RedactionKind>(StringComparer.OrdinalIgnoreCase)
    {
        ["password"] = RedactionKind.Password,
        ["passwd"] = RedactionKind.Password,
        ["pwd"] = RedactionKind.Password,
        ["passphrase"] = RedactionKind.Password,
        ["senha"] = RedactionKind.Password,
        ["secret"] = RedactionKind.Password,
        ["clientsecret"] = RedactionKind.Password,
        ["webhooksecret"] = RedactionKind.Password,
        ["token"] = RedactionKind.Token,
        ["accesstoken"] = RedactionKind.Token,
        ["refreshtoken"] = RedactionKind.Token,
        ["idtoken"] = RedactionKind.Token,
        ["authtoken"] = RedactionKind.Token,
        ["apikey"] = RedactionKind.Token,
        ["xapikey"] = RedactionKind.Token,
        ["accesskey"] = RedactionKind.Token,
        ["secretkey"] = RedactionKind.Token,
        ["sessionid"] = RedactionKind.Token,
        ["routingkey"] = RedactionKind.Token,
        ["servicekey"] = RedactionKind.Token,
        ["integrationkey"] = RedactionKind.Token,
        ["privatekey"] = RedactionKind.Key,
        ["authorization"] = RedactionKind.Authorization,
        ["proxyauthorization"] = RedactionKind.Authorization,
        ["cookie"] = RedactionKind.Cookie,
        ["setcookie"] = RedactionKind.Cookie,
        ["sig"] = RedactionKind.Signature,
        ["webhook"] = RedactionKind.Webhook,
        ["webhookurl"] = RedactionKind.Webhook,
        ["email"] = RedactionKind.Email,
        ["useremail"] = RedactionKind.Email,
        ["cpf"] = RedactionKind.Cpf,
        ["cnpj"] = RedactionKind.Cnpj,
        ["phone"] = RedactionKind.Phone,
        ["phonenumber"] = RedactionKind.Phone,
        ["telefone"] = RedactionKind.Phone,
        ["celular"] = RedactionKind.Phone,
        ["cardnumber"] = RedactionKind.Card,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    static readonly FrozenDictionary<string, RedactionKind>.AlternateLookup<ReadOnlySpan<char>> NamesBySpan = Names.GetAlternateLookup<ReadOnlySpan<char>>();

    static RedactionKind? OfName(ReadOnlySpan<char> name)
    {
        if (name.Length is < 3 or > 40) return null;
        Span<char> bare = stackalloc char[40];
        var length = 0;
        foreach (var c in name)
            if (c is not ('_' or '-' or '.' or ' ')) bare[length++] = c;
        return NamesBySpan.TryGetValue(bare[..length], out var kind) ? kind : null;
    }

    // ---- Words that announce a secret ----

    static readonly string[] Secrets =
        ["passw", "pwd", "passphrase", "senha", "secret", "token", "api_key", "api-key", "apikey", "access_key", "access-key", "accesskey", "routing_key", "service_key", "private_key", "private-key",
         "privatekey", "credential", "session_id", "session-id", "sessionid", "signature"];

    static readonly string[] Prefixes =
        ["plt_", "pli", "xox", "xapp-", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "k_live_", "k_test_", "sk-", "whsec_", "whsk_", "AKIA", "ASIA", "AIza",
         "npm_", "pypi-", "SG.", "hvs.", "tk_", "dop_v1_"];

    /// <summary>A pattern, built when a text first holds one of its words: to build them all takes a third of a second, which a start has not.</summary>
    sealed class Searched(RedactionKind kind, string[] words, string pattern, bool anyCase = false)
    {
        readonly Lazy<Regex> built = new(() => anyCase
            ? new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)
            : new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));

        public RedactionKind Kind => kind;

        public string[] Words => words;

        public Regex Pattern => built.Value;
    }

    /// <summary>
    /// In order: a shape that swallows others comes before them. <c>keep</c> stays in front of the mark, <c>after</c> behind it.
    /// A text that holds none of a pattern's words cannot match it and is not searched.
    /// </summary>
    static readonly Searched[] Patterns =
    [
        new(RedactionKind.Key, ["PRIVATE KEY"], @"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----|[\s\S]*)"),

        // The whole URL is the secret (outbound-channels.md §0.5).
        new(RedactionKind.Webhook, ["hooks.slack", "logic.azure", "powerautomate", "powerplatform", "webhook", "api.telegram"],
            @"(?:https?://)?(?:hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/|(?:[\w-]+\.)*logic\.azure\.(?:com|us)[:/]|(?:[\w-]+\.)*(?:api\.)?power(?:automate|platform)\.com[:/]"
            + @"|outlook\.office(?:365)?\.com/webhook|[\w-]+\.webhook\.office\.com/|(?:(?:ptb|canary)\.)?discord(?:app)?\.com/api/(?:v\d+/)?webhooks/|api\.telegram\.org/(?:file/)?bot)[^\s""'<>]*",
            anyCase: true),

        // Quoted first (JSON, also inside JSON), then as a header line, to its end.
        new(RedactionKind.Authorization, ["authorization"], @"(?<keep>(?:proxy-)?authorization\\*[""']\s*[:=]\s*\\*[""'])[^""']+", anyCase: true),
        new(RedactionKind.Authorization, ["authorization"], @"(?<keep>\b(?:proxy-)?authorization\s*[:=]\s*)[^\s""'\[][^\r\n]*", anyCase: true),
        new(RedactionKind.Cookie, ["cookie"], @"(?<keep>\b(?:set-)?cookie\\*[""']\s*[:=]\s*\\*[""'])[^""']+", anyCase: true),
        new(RedactionKind.Cookie, ["cookie"], @"(?<keep>\b(?:set-)?cookie\s*[:=]\s*)[^\s""'\[][^\r\n]*", anyCase: true),

        // user:password@ in a URL; the user's name goes too. A password may hold an unencoded @: the last one before the path counts.
        new(RedactionKind.Password, ["://"], @"(?<keep>\b[a-z][a-z0-9+.-]*://)[^\s/?#""'<>@\[]*:[^\s/?#""'<>]*(?<after>@)", anyCase: true),

        // name=value and name: value, quoted or not; an unquoted value ends at white space or the next pair of a query.
        new(RedactionKind.Password, Secrets,
            @"(?<keep>(?<name>[\w.-]*(?:password|passwd|pwd|passphrase|senha|secret|token|api[_-]?key|access[_-]?key|secret[_-]?key|routing[_-]?key|service[_-]?key|private[_-]?key|credentials?|session[_-]?id|signature))(?:\\*[""'])?\s*(?:=>|:=|[:=])\s*)"
            + @"(?:\\+""[^""\\]*\\+""|""(?:[^""\\]|\\.)*""?|'(?:[^'\\]|\\.)*'?|[^\s""'&\[][^\s""'&]*)",
            anyCase: true),
        new(RedactionKind.Password, Secrets, @"(?<keep>--(?<name>[\w-]*(?:password|passwd|pwd|senha|secret|token|api-key|access-key))\s+)(?:""[^""]*""?|'[^']*'?|[^\s""'\[-][^\s""']*)", anyCase: true),
        new(RedactionKind.Password, Secrets, @"(?<keep><(?<name>[\w:-]*(?:password|senha|secret|token))>)[^<\[][^<]*", anyCase: true),
        new(RedactionKind.Signature, ["sig="], @"(?<keep>\bsig=)[^\s""'&<>\[][^\s""'&<>]*", anyCase: true),
        new(RedactionKind.Phone, ["cpf", "cnpj", "phone", "telefone", "celular"], @"(?<keep>\b(?<name>cpf|cnpj|phone(?:_?number)?|telefone|celular)(?:\\*[""'])?\s*[:=]\s*\\*[""']?)[+(]?[0-9][0-9 ().\-/]*[0-9]", anyCase: true),

        // Tokens that tell by their shape what they are.
        new(RedactionKind.Token, ["eyJ"], @"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)*"),
        new(RedactionKind.Token, Prefixes,
            @"\bplt_[\w.~-]{4,}|\bpli[0-9A-Za-z]{29}\b|\bxox[a-z]-[\w-]{8,}|\bxapp-[\w-]{8,}|\bgh[pousr]_\w{16,}|\bgithub_pat_\w{16,}|\bglpat-[\w-]{16,}|\b[srp]k_(?:live|test)_\w{8,}|\bsk-[\w-]{20,}"
            + @"|\bwhs[eak][ck]?_[\w+/=]{8,}|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[\w-]{30,}|\bnpm_\w{30,}|\bpypi-[\w-]{30,}|\bSG\.[\w-]{16,}\.[\w-]{16,}|\bhvs\.[\w-]{16,}|\btk_[A-Za-z0-9]{16,}|\bdop_v1_[a-f0-9]{32,}"),
        new(RedactionKind.Authorization, ["bearer", "basic "], @"\b(?<keep>(?:bearer|basic)\s+)(?<value>[\w.~+/=-]{6,})", anyCase: true),
    ];

    static readonly SearchValues<string> AnyWord = SearchValues.Create([.. Patterns.SelectMany(each => each.Words)], StringComparison.OrdinalIgnoreCase);

    static readonly SearchValues<string>[] WordsOf = [.. Patterns.Select(each => SearchValues.Create(each.Words, StringComparison.OrdinalIgnoreCase))];

    string ByWords(string text, ref int count)
    {
        for (var i = 0; i < Patterns.Length; i++)
        {
            if (!text.AsSpan().ContainsAny(WordsOf[i])) continue;
            var (kind, pattern) = (Patterns[i].Kind, Patterns[i].Pattern);
            var replaced = 0;
            text = pattern.Replace(text, match =>
            {
                // "Bearer authentication", "basic health": a word of prose, not a credential.
                if (match.Groups["value"] is { Success: true } value && !value.ValueSpan.ContainsAnyExceptInRange('a', 'z') && value.Length < 20) return match.Value;

                // Already redacted, quoted or not: the mark stays, and is not counted again.
                var keep = match.Groups["keep"].Value;
                var taken = match.ValueSpan[keep.Length..];
                if (taken.TrimStart("\\\"'").StartsWith("[redacted:")) return match.Value;

                var quote = taken is ['"' or '\'', ..] ? taken[..1] : taken is ['\\', ..] ? taken[..(taken.IndexOf('"') + 1)] : [];
                var told = match.Groups["name"] is { Success: true } name ? OfTail(name.ValueSpan) : kind;
                replaced++;
                Count(told);
                return string.Concat(string.Concat(keep, quote, Mark(told), quote), match.Groups["after"].Value);
            });
            count += replaced;
        }

        return text;
    }

    /// <summary>The kind that a name ends in: <c>DB_PASSWORD</c>, <c>slack.token</c>.</summary>
    static RedactionKind OfTail(ReadOnlySpan<char> name) =>
        OfName(name)
        ?? (name.EndsWith("token", StringComparison.OrdinalIgnoreCase) || name.EndsWith("key", StringComparison.OrdinalIgnoreCase) || name.EndsWith("id", StringComparison.OrdinalIgnoreCase) ? RedactionKind.Token
            : name.EndsWith("signature", StringComparison.OrdinalIgnoreCase) ? RedactionKind.Signature
            : RedactionKind.Password);

    // ---- Mailboxes ----

    /// <summary>Units of systemd look like mailboxes: <c>getty@tty1.service</c>.</summary>
    static readonly FrozenSet<string> NotDomains = FrozenSet.ToFrozenSet(["service", "socket", "timer", "target", "mount", "slice", "scope", "device", "swap"], StringComparer.OrdinalIgnoreCase);

    string Mailboxes(string text, ref int count)
    {
        StringBuilder? result = null;
        var done = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var length = text[i] == '@' ? 1 : text[i] == '%' && text.AsSpan(i).StartsWith("%40") ? 3 : 0;
            if (length == 0) continue;

            var start = i;
            while (start > done && (char.IsLetterOrDigit(text[start - 1]) || "!#$%&'*+/=?^_`{|}~.-".Contains(text[start - 1], StringComparison.Ordinal))) start--;
            // What a query or a quote puts in front is not part of the name.
            while (start < i && text[start] is '\'' or '/' or '=' or '?' or '&' or '.' or '`' or '{' or '|') start++;
            var equals = text.AsSpan(start, i - start).LastIndexOfAny("=?&/|");
            start += equals + 1;

            var end = i + length;
            while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '-' or '.')) end++;
            var domain = text.AsSpan(i + length, end - i - length).TrimEnd(".-");
            end = i + length + domain.Length;

            if (start == i || !IsDomain(domain) || text.AsSpan(start, i - start) is "git") continue;

            (result ??= new StringBuilder(text.Length)).Append(text, done, start - done).Append(Mark(RedactionKind.Email));
            Count(RedactionKind.Email);
            count++;
            done = end;
            i = end - 1;
        }

        return result is null ? text : result.Append(text, done, text.Length - done).ToString();
    }

    static bool IsDomain(ReadOnlySpan<char> domain)
    {
        var dot = domain.LastIndexOf('.');
        if (dot < 1 || domain.Length - dot < 3) return false;
        var top = domain[(dot + 1)..];
        foreach (var c in top)
            if (!char.IsLetter(c) && c != '-') return top.StartsWith("xn--", StringComparison.OrdinalIgnoreCase);
        return !NotDomains.GetAlternateLookup<ReadOnlySpan<char>>().Contains(top);
    }

    // ---- Numbers ----

    /// <summary>Shapes of a number that is about a person: <c>d</c> a digit, <c>A</c> a digit or capital, all else itself. Longest first.</summary>
    static readonly (RedactionKind Kind, string Shape, Func<ReadOnlySpan<char>, bool> Proof)[] Shapes =
    [
        (RedactionKind.Cnpj, "AA.AAA.AAA/AAAA-dd", static _ => true),
        (RedactionKind.Cnpj, "dddddddd/dddd-dd", static _ => true),
        (RedactionKind.Cpf, "ddd.ddd.ddd-dd", static _ => true),
        (RedactionKind.Cpf, "ddd ddd ddd dd", Cpf),
        (RedactionKind.Cpf, "ddddddddd-dd", Cpf),
        (RedactionKind.Card, "dddd dddd dddd dddd", Card),
        (RedactionKind.Card, "dddd-dddd-dddd-dddd", Card),
        (RedactionKind.Card, "dddd.dddd.dddd.dddd", Card),
        (RedactionKind.Card, "dddd dddddd ddddd", Card),
        (RedactionKind.Card, "dddd-dddddd-ddddd", Card),
        (RedactionKind.Phone, "(ddd) ddd-dddd", static _ => true),
        (RedactionKind.Phone, "ddd-ddd-dddd", static _ => true),
        (RedactionKind.Phone, "(dd) d dddd-dddd", static _ => true),
        (RedactionKind.Phone, "(dd) ddddd-dddd", static _ => true),
        (RedactionKind.Phone, "(dd)ddddd-dddd", static _ => true),
        (RedactionKind.Phone, "(dd) dddd-dddd", static _ => true),
        (RedactionKind.Phone, "(dd)dddd-dddd", static _ => true),
        (RedactionKind.Phone, "(dd) ddddddddd", static _ => true),
        (RedactionKind.Phone, "(dd)ddddddddd", static _ => true),
        (RedactionKind.Phone, "dd 9dddd-dddd", static _ => true),
        (RedactionKind.Phone, "dd 9dddd dddd", static _ => true),
        (RedactionKind.Phone, "dd 9dddddddd", static _ => true),
        (RedactionKind.Phone, "dd-9dddd-dddd", static _ => true),
        (RedactionKind.Phone, "9dddd-dddd", static _ => true),
    ];

    static readonly SearchValues<char> StartsNumber = SearchValues.Create("0123456789(+ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    string Numbers(string text, ref int count)
    {
        StringBuilder? result = null;
        var span = text.AsSpan();
        int done = 0, i = 0;
        while (i < span.Length)
        {
            var next = span[i..].IndexOfAny(StartsNumber);
            if (next < 0) break;
            i += next;

            var (kind, length) = NumberAt(span, i);
            if (length == 0)
            {
                // A run of letters and digits that is nothing is passed whole: no shape starts in its middle.
                if (!char.IsAsciiLetterOrDigit(span[i])) i++;
                else do i++; while (i < span.Length && (char.IsAsciiLetterOrDigit(span[i]) || span[i] == '_'));
                continue;
            }

            (result ??= new StringBuilder(text.Length)).Append(text, done, i - done).Append(Mark(kind));
            Count(kind);
            count++;
            i = done = i + length;
        }

        return result is null ? text : result.Append(text, done, text.Length - done).ToString();
    }

    static (RedactionKind Kind, int Length) NumberAt(ReadOnlySpan<char> text, int at)
    {
        if (at > 0 && char.IsAsciiLetterOrDigit(text[at - 1])) return default;
        var rest = text[at..];

        if (rest[0] == '+') return Phone(rest) is > 0 and var plus ? (RedactionKind.Phone, plus) : default;

        var run = 0;
        while (run < rest.Length && char.IsAsciiDigit(rest[run])) run++;
        if (run >= 11)
        {
            if (run < rest.Length && (char.IsAsciiLetter(rest[run]) || rest[run] == '_')) return default;
            // A decimal fraction or an amount is no document.
            if (at > 1 && text[at - 1] is '.' or ',' && char.IsAsciiDigit(text[at - 2])) return default;
            if (run + 1 < rest.Length && rest[run] is '.' or ',' && char.IsAsciiDigit(rest[run + 1])) return default;
            var bare = rest[..run];
            return run == 11 && Cpf(bare) ? (RedactionKind.Cpf, run)
                : run == 14 && Cnpj(bare) ? (RedactionKind.Cnpj, run)
                : run == 13 && bare.StartsWith("55") && bare[2] != '0' && bare[3] != '0' && bare[4] == '9' ? (RedactionKind.Phone, run)
                : run is >= 13 and <= 19 && Card(bare) ? (RedactionKind.Card, run)
                : default;
        }

        // Inside a UUID, a version or a date, what stands before or after the shape goes on with a letter or digit.
        var joined = at > 1 && text[at - 1] is '-' or '.' or '/' or ':' && char.IsAsciiDigit(text[at - 2]);
        foreach (var (kind, shape, proof) in Shapes)
        {
            if (!Fits(rest, shape)) continue;
            var after = rest[shape.Length..];
            if (after is [var one, ..] && (char.IsAsciiLetterOrDigit(one) || one == '_')) continue;
            var loose = kind is RedactionKind.Phone or RedactionKind.Card;
            if (loose && (joined || (after is ['-' or '.' or '/' or ':', var two, ..] && char.IsAsciiLetterOrDigit(two)))) continue;
            if (loose && at > 1 && text[at - 1] is '-' && char.IsAsciiLetterOrDigit(text[at - 2])) continue;
            if (proof(rest[..shape.Length])) return (kind, shape.Length);
        }

        return default;
    }

    static bool Fits(ReadOnlySpan<char> text, string shape)
    {
        if (text.Length < shape.Length) return false;
        for (var i = 0; i < shape.Length; i++)
        {
            var fits = shape[i] switch
            {
                'd' => char.IsAsciiDigit(text[i]),
                'A' => char.IsAsciiDigit(text[i]) || char.IsAsciiLetterUpper(text[i]),
                var itself => text[i] == itself,
            };
            if (!fits) return false;
        }

        return true;
    }

    /// <summary>E.164 with the separators people type: + and 8 to 15 digits, the first not 0.</summary>
    static int Phone(ReadOnlySpan<char> text)
    {
        if (text.Length < 9 || text[1] is < '1' or > '9') return 0;
        int digits = 0, end = 0, gap = 0;
        for (var i = 1; i < text.Length && digits < 16; i++)
        {
            if (char.IsAsciiDigit(text[i])) (digits, end, gap) = (digits + 1, i + 1, 0);
            else if (text[i] is ' ' or '-' or '.' or '(' or ')' && ++gap <= 2) continue;
            else break;
        }

        return digits is >= 8 and <= 15 && (end == text.Length || !char.IsAsciiLetterOrDigit(text[end])) ? end : 0;
    }

    /// <summary>Eleven digits whose last two are the check digits of the Receita Federal; not all the same.</summary>
    static bool Cpf(ReadOnlySpan<char> text)
    {
        Span<int> d = stackalloc int[20];
        return Digits(text, d) == 11 && d[..11].ContainsAnyExcept(d[0]) && CheckDigit(d[..9], 11) == d[9] && CheckDigit(d[..10], 11) == d[10];
    }

    static bool Cnpj(ReadOnlySpan<char> text)
    {
        Span<int> d = stackalloc int[20];
        return Digits(text, d) == 14 && d[..14].ContainsAnyExcept(d[0]) && CheckDigit(d[..12], 9) == d[12] && CheckDigit(d[..13], 9) == d[13];
    }

    /// <summary>Modulo 11, weights from 2 at the right up to <paramref name="highest"/> and again.</summary>
    static int CheckDigit(ReadOnlySpan<int> digits, int highest)
    {
        int sum = 0, weight = 2;
        for (var i = digits.Length - 1; i >= 0; i--, weight = weight == highest ? 2 : weight + 1) sum += digits[i] * weight;
        return sum % 11 < 2 ? 0 : 11 - (sum % 11);
    }

    /// <summary>13 to 19 digits of an issuer (the first is 2 to 6; instants since 1970 begin with 1) with a Luhn check digit.</summary>
    static bool Card(ReadOnlySpan<char> text)
    {
        Span<int> d = stackalloc int[20];
        var length = Digits(text, d);
        if (length is < 13 or > 19 || d[0] is < 2 or > 6 || !d[..length].ContainsAnyExcept(d[0])) return false;
        var sum = 0;
        for (var i = 0; i < length; i++)
        {
            var digit = d[length - 1 - i];
            if (i % 2 == 1 && (digit *= 2) > 9) digit -= 9;
            sum += digit;
        }

        return sum % 10 == 0;
    }

    static int Digits(ReadOnlySpan<char> text, Span<int> digits)
    {
        var count = 0;
        foreach (var c in text)
            if (char.IsAsciiDigit(c) && count < digits.Length) digits[count++] = c - '0';
        return count;
    }

    static (int Digits, bool At) Survey(ReadOnlySpan<char> text)
    {
        var digits = 0;
        var at = false;
        foreach (var c in text)
        {
            if ((uint)(c - '0') <= 9) digits++;
            else if (c is '@' or '%') at = true;
        }

        return (digits, at);
    }

    void Count(RedactionKind kind) => Interlocked.Increment(ref totals[(int)kind]);
}
