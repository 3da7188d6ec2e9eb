using System.Runtime.CompilerServices;
using System.Text;
using Plantao.Alerts.Intake;

namespace Plantao.Tests.Alerts.Intake;

/// <summary>Messages shaped like those of real senders, and the moment at which they arrive.</summary>
static class Corpus
{
    internal static readonly DateTimeOffset Now = new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);

    internal static readonly IntakeContext Context = new(Now) { ContentType = "application/json", NewDedupKey = () => "made-key" };

    internal static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder(), name));

    internal static IReadOnlyList<string> Names => [.. Directory.GetFiles(Folder(), "*.json").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    internal static byte[] Bytes(this string text) => Encoding.UTF8.GetBytes(text);

    internal static string Text(this IntakeAnswer answer) => Encoding.UTF8.GetString(answer.Body.Span);

    static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "corpus");
}
