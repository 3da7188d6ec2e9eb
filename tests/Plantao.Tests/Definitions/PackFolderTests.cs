using Plantao.Definitions;
using Plantao.Definitions.Kinds;

namespace Plantao.Tests.Definitions;

public sealed class PackFolderTests : IDisposable
{
    readonly DirectoryInfo outside = Directory.CreateTempSubdirectory("plantao-outside-");
    readonly DirectoryInfo root = Directory.CreateTempSubdirectory("plantao-pack-");

    public PackFolderTests()
    {
        Put("pack.yaml", Written.Head.Text);
        File.WriteAllText(Path.Combine(outside.FullName, "secret.yaml"), "title: secret\n");
    }

    public void Dispose()
    {
        root.Delete(recursive: true);
        outside.Delete(recursive: true);
    }

    void Put(string path, string text)
    {
        var place = Path.Combine(root.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        File.WriteAllText(place, text);
    }

    string Place(string path) => Path.Combine(root.FullName, path);

    Pack Read() => PackFolder.Read(root.FullName, Written.Kinds);

    [Fact]
    public void Prose_and_hidden_files_are_left_alone()
    {
        Put("services/checkout.yaml", "title: Checkout\n");
        Put("README.md", "# Not YAML: at all: here\n");
        Put("services/README.md", "x");
        Put("LICENSE", "x");
        Put(".git/config", "x");
        Put(".editorconfig", "x");

        Assert.Empty(Read().Problems);
        Assert.Equal(["service checkout"], Read().Definitions.Select(each => each.Key.ToString()));
    }

    [Fact]
    public void A_file_that_is_a_link_is_not_followed()
    {
        Directory.CreateDirectory(Place("services"));
        File.CreateSymbolicLink(Place("services/secret.yaml"), Path.Combine(outside.FullName, "secret.yaml"));

        Assert.Equal(["services/secret.yaml:1:1: this is a link, and links are not followed (put the file itself here)"], Read().Problems.Select(each => each.ToString()));
        Assert.Empty(Read().Definitions);
    }

    [Fact]
    public void A_folder_that_is_a_link_is_not_followed_nor_one_that_leads_back()
    {
        Directory.CreateSymbolicLink(Place("services"), outside.FullName);
        Directory.CreateSymbolicLink(Place("routes"), root.FullName);

        Assert.Equal(["routes:1:1", "services:1:1"], Read().Problems.Select(each => $"{each.File}:{each.Line}:{each.Column}"));
        Assert.Empty(Read().Definitions);
    }

    [Fact]
    public void The_folder_itself_may_be_a_link()
    {
        var link = Path.Combine(outside.FullName, "pack");
        Directory.CreateSymbolicLink(link, root.FullName);
        Assert.Empty(PackFolder.Read(link, Written.Kinds).Problems);
    }

    [Theory]
    [InlineData("../outside.yaml")]
    [InlineData("services/../../outside.yaml")]
    [InlineData("/etc/passwd")]
    [InlineData("services/..yaml")]
    [InlineData("services\\a.yaml")]
    [InlineData("services/a.yaml\0.txt")]
    [InlineData("services/%2e%2e.yaml")]
    [InlineData("")]
    public void A_path_that_is_sent_is_a_name_and_nothing_is_opened_by_it(string path)
    {
        var pack = Pack.Read([Written.Head, new(path, "title: A\n")], Written.Kinds);
        Assert.Empty(pack.Definitions);
        Assert.NotEmpty(pack.Problems);
    }

    [Fact]
    public void What_is_not_UTF8_or_too_large_is_named()
    {
        Directory.CreateDirectory(Place("services"));
        File.WriteAllBytes(Place("services/a.yaml"), [.. "title: "u8, 0xE9, (byte)'\n']);
        Put("services/b.yaml", "title: " + new string('x', Document.LargestFile));

        Assert.Equal(
            [
                "services/a.yaml:1:1: the file is not UTF-8 (byte 8) (save it as UTF-8)",
                "services/b.yaml:1:1: the file is larger than 256 KiB (split it: one definition, one file)",
            ],
            Read().Problems.Select(each => each.ToString()));
    }

    [Fact]
    public void A_folder_that_is_not_there_says_so() =>
        Assert.Equal("/nowhere/at/all:1:1: there is no such folder", Assert.Single(PackFolder.Read("/nowhere/at/all", Written.Kinds).Problems).ToString());

    [Fact]
    public void An_export_leaves_a_file_that_says_the_same_with_its_comments()
    {
        Put("services/checkout.yaml", "# why\ntitle: 'Checkout'\n");
        Put("services/search.yaml", "# old\ntitle: Search\n");
        var pack = Read();
        var search = Written.One("services/search.yaml", "title: Finding\n");

        var written = Export.Write(root.FullName, pack.Head!, [(pack.Definitions[0].Key, pack.Definitions[0].Document), (search.Key, search.Document)], Written.Kinds);

        Assert.Equal(["services/search.yaml"], written);
        Assert.Equal("# why\ntitle: 'Checkout'\n", File.ReadAllText(Place("services/checkout.yaml")));
        Assert.Equal("title: Finding\n", File.ReadAllText(Place("services/search.yaml")));
    }

    [Fact]
    public void An_export_into_an_empty_folder_is_read_as_what_was_exported()
    {
        var definition = Written.One("services/checkout.yaml", "title: Checkout\n");
        var to = Path.Combine(outside.FullName, "new");

        Export.Write(to, new("demo", "Demo", "1", null), [(definition.Key, definition.Document)], Written.Kinds);

        var again = PackFolder.Read(to, Written.Kinds);
        Assert.Empty(again.Problems);
        Assert.Equal([definition.Digest], again.Definitions.Select(each => each.Digest));
    }

    [Fact]
    public void An_export_writes_through_no_link()
    {
        var definition = Written.One("services/secret.yaml", "title: overwritten\n");
        Directory.CreateDirectory(Place("services"));
        File.CreateSymbolicLink(Place("services/secret.yaml"), Path.Combine(outside.FullName, "secret.yaml"));
        Directory.CreateSymbolicLink(Place("routes"), outside.FullName);
        var route = Written.One("routes/secret.yaml", "title: A\nrules: [{match: []}]\n");

        Export.Write(root.FullName, new("demo", "Demo", "1", null), [(definition.Key, definition.Document)], Written.Kinds);
        Assert.Throws<IOException>(() => Export.Write(root.FullName, new("demo", "Demo", "1", null), [(route.Key, route.Document)], Written.Kinds));

        Assert.Equal("title: secret\n", File.ReadAllText(Path.Combine(outside.FullName, "secret.yaml")));
        Assert.Equal("title: overwritten\n", File.ReadAllText(Place("services/secret.yaml")));
        Assert.Null(new FileInfo(Place("services/secret.yaml")).LinkTarget);
    }
}
