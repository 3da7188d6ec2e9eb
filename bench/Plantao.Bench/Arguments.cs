using System.Globalization;

namespace Plantao.Bench;

/// <summary>The command was not understood, or asks for what the kit does not do.</summary>
sealed class UsageException(string message) : Exception(message);

/// <summary>Options as <c>--name value</c>; what follows <c>--</c> is left alone. An option that nothing asked for is refused.</summary>
sealed class Arguments
{
    readonly Dictionary<string, string> options = new(StringComparer.Ordinal);
    readonly HashSet<string> asked = new(StringComparer.Ordinal);

    public Arguments(IReadOnlyList<string> words)
    {
        for (var at = 0; at < words.Count; at += 2)
        {
            if (words[at] is "--")
            {
                Rest = [.. words.Skip(at + 1)];
                break;
            }
            if (!words[at].StartsWith("--", StringComparison.Ordinal) || at + 1 >= words.Count) throw new UsageException($"{words[at]}: expected --name value.");
            options[words[at][2..]] = words[at + 1];
        }
    }

    public IReadOnlyList<string> Rest { get; } = [];

    public string? Text(string name)
    {
        asked.Add(name);
        return options.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;
    }

    public string Needed(string name) => Text(name) ?? throw new UsageException($"--{name} is needed.");

    public double Number(string name, double otherwise, double least, double most)
    {
        if (Text(name) is not { } text) return otherwise;
        if (!double.TryParse(text, CultureInfo.InvariantCulture, out var number) || number < least || number > most)
            throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--{name}: {text} is not a number from {least} to {most}."));
        return number;
    }

    public int Count(string name, int otherwise, int least, int most) => (int)Number(name, otherwise, least, most);

    public TimeSpan Seconds(string name, double otherwise) => TimeSpan.FromSeconds(Number(name, otherwise, 0, 3600));

    public T Word<T>(string name, T otherwise) where T : struct, Enum =>
        Text(name) is not { } text ? otherwise
        : Enum.TryParse<T>(text, ignoreCase: true, out var word) ? word
        : throw new UsageException($"--{name}: {text} is none of {string.Join(", ", Enum.GetNames<T>())}.");

    public IReadOnlyList<int> Processes(string name) =>
        [.. (Text(name) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture))];

    /// <exception cref="UsageException">An option was given that this command does not know.</exception>
    public void NoOther()
    {
        if (options.Keys.FirstOrDefault(name => !asked.Contains(name)) is { } unknown) throw new UsageException($"--{unknown} is not known here.");
    }
}
