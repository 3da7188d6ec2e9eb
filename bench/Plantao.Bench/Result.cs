using System.Globalization;
using System.Text.Json;

namespace Plantao.Bench;

/// <summary>One measurement, one JSON line.</summary>
/// <param name="Session">The run of a script that it belongs to.</param>
/// <param name="Case">What was asked of the target, the same words for every target.</param>
/// <param name="Figures">Numbers by name; the name ends in the unit.</param>
/// <param name="Statuses">Answers by status.</param>
sealed record Result(string Session, DateTimeOffset At, string Verb, string Target, int Repetition, string Case, IReadOnlyDictionary<string, double> Figures, IReadOnlyDictionary<string, long>? Statuses = null)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static Result Of(string verb, Arguments arguments, string what, IReadOnlyDictionary<string, double> figures, IReadOnlyDictionary<string, long>? statuses = null) => new(
        arguments.Text("session") ?? "alone", TimeProvider.System.GetUtcNow(), verb, arguments.Text("target") ?? "target",
        arguments.Count("repetition", 1, 1, 1000), what,
        figures.ToDictionary(figure => figure.Key, figure => Math.Round(figure.Value, 3), StringComparer.Ordinal), statuses);

    /// <summary>Prints it, and adds it to the file of <c>--out</c>.</summary>
    public void Report(Arguments arguments)
    {
        var figures = string.Join("  ", Figures.Select(figure => string.Create(CultureInfo.InvariantCulture, $"{figure.Key} {figure.Value:0.##}")));
        var statuses = Statuses is null ? "" : "  " + string.Join(' ', Statuses.Select(status => string.Create(CultureInfo.InvariantCulture, $"[{status.Key}]x{status.Value}")));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Target,-14} {Case,-34} #{Repetition}  {figures}{statuses}"));
        if (arguments.Text("out") is { } file) File.AppendAllText(file, JsonSerializer.Serialize(this, Json) + "\n");
    }

    public static IReadOnlyList<Result> Read(string file) =>
        [.. File.ReadLines(file).Where(line => line.Length > 0).Select(line => JsonSerializer.Deserialize<Result>(line, Json)!)];
}
