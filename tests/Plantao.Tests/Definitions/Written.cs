using Plantao.Definitions;
using Plantao.Definitions.Kinds;

namespace Plantao.Tests.Definitions;

/// <summary>Packs as tests write them.</summary>
static class Written
{
    public static DefinitionKinds Kinds { get; } = new(StandardKinds.All);

    public static PackFile Head { get; } = new("pack.yaml", "name: demo\ntitle: Demo\nversion: 1.0.0\n");

    /// <summary>A pack of <see cref="Head"/> and these files.</summary>
    public static Pack Pack(params (string Path, string Text)[] files) =>
        Plantao.Definitions.Pack.Read([Head, .. files.Select(file => new PackFile(file.Path, file.Text))], Kinds);

    public static Definition One(string path, string text)
    {
        var pack = Pack((path, text));
        Assert.Empty(pack.Problems);
        return Assert.Single(pack.Definitions);
    }

    /// <summary>The problems of one file, as people see them.</summary>
    public static string[] ProblemsOf(string path, string text) => [.. Pack((path, text)).Problems.Select(problem => problem.ToString())];

    public static string Repository { get; } = Above(AppContext.BaseDirectory);

    static string Above(string folder) => File.Exists(Path.Combine(folder, "Plantao.slnx")) ? folder : Above(Path.GetDirectoryName(folder)!);
}
