using System.Globalization;

namespace Plantao.Inside;

/// <summary><c>--name value</c> pairs.</summary>
sealed class Arguments(IReadOnlyDictionary<string, string> values)
{
    public static Arguments Read(string[] args)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < args.Length; i += 2) values[args[i]] = args[i + 1];
        return new Arguments(values);
    }

    public string? Text(string name) => values.TryGetValue("--" + name, out var value) && value.Length > 0 ? value : null;

    public string Needed(string name) => Text(name) ?? throw new ArgumentException($"--{name} is needed.", nameof(name));

    public int Number(string name, int otherwise) => Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
