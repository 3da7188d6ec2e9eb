namespace Plantao.Tests.House;

public class SourceTests
{
    static readonly IReadOnlyList<Source> Code = [.. new[] { "src", "tests", "bench", "targets" }.SelectMany(Sources.CSharp)];

    /// <summary>The planted breaches below are text too.</summary>
    static IEnumerable<Source> Other => Sources.All.Where(file => !file.Path.StartsWith("tests/Plantao.Tests/House/Source", StringComparison.Ordinal));

    static Source Planted(string text, string path = "Planted.cs") => new(path, text);

    [Fact]
    public void Regular_expressions_of_the_product_are_linear() => Assert.Empty(Sources.CSharp("src").SelectMany(SourceRules.BacktrackingRegexes));

    [Fact]
    public void Every_test_runs() => Assert.Empty(Sources.CSharp("tests").SelectMany(SourceRules.TestsThatDoNotRun));

    [Fact]
    public void No_screen_shows_raw_markup() => Assert.Empty(
        Sources.All.Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal) && (file.Path.EndsWith(".cs", StringComparison.Ordinal) || file.Path.EndsWith(".razor", StringComparison.Ordinal)))
            .SelectMany(SourceRules.RawMarkup));

    [Fact]
    public void No_screen_counts_with_a_variable_that_all_rounds_share() => Assert.Empty(
        Sources.All.Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal) && file.Path.EndsWith(".razor", StringComparison.Ordinal)).SelectMany(SourceRules.SharedCounters));

    [Theory]
    [InlineData("@for (var i = 0; i < 3; i++) {<Rung>@i</Rung>}", 1)]
    [InlineData("@foreach (var i in Enumerable.Range(0, 3)) {<Rung>@i</Rung>}", 0)]
    public void A_shared_counter_is_seen(string text, int breaches) => Assert.Equal(breaches, SourceRules.SharedCounters(Planted(text, "src/Planted.razor")).Count());

    [Fact]
    public void No_note_to_ourselves_is_left() => Assert.Empty(
        Other.Where(file => file.Path.EndsWith(".cs", StringComparison.Ordinal) || file.Path.EndsWith(".razor", StringComparison.Ordinal) || file.Path.EndsWith(".sql", StringComparison.Ordinal))
            .SelectMany(SourceRules.NotesToOurselves));

    [Fact]
    public void No_file_names_a_registry_or_a_folder_of_one_machine() => Assert.Empty(Other.SelectMany(SourceRules.PlacesOfOneMachine));

    [Fact]
    public void The_rules_see_the_files_there_are()
    {
        Assert.Contains(Code, file => file.Path == "src/Plantao.Server/Platform/Ruling.cs");
        Assert.Contains(Sources.All, file => file.Path == "README.md");
        Assert.DoesNotContain(Sources.All, file => file.Path.Contains("/obj/", StringComparison.Ordinal) || file.Path.Contains("/bin/", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""var a = new Regex("(a+)+b");""", 1)]
    [InlineData("""var a = Regex.IsMatch(text, @"\)", RegexOptions.None);""", 1)]
    [InlineData("""[GeneratedRegex("x|y")] static partial Regex Either();""", 1)]
    [InlineData("""var a = new Regex("(a)", RegexOptions.NonBacktracking);""", 0)]
    [InlineData("""[GeneratedRegex(@"\(", RegexOptions.NonBacktracking)] static partial Regex Open();""", 0)]
    [InlineData("""// new Regex("(a+)+b") would hang""", 0)]
    [InlineData("// linear: the text is a name of ours\nvar a = new Regex(\"a\");", 0)]
    public void A_backtracking_regex_is_found(string code, int found) => Assert.Equal(found, SourceRules.BacktrackingRegexes(Planted(code)).Count());

    [Theory]
    [InlineData("""[Fact(Skip = "later")]""", 1)]
    [InlineData("""Assert.SkipWhen(noBrowser, "no browser");""", 1)]
    [InlineData("[Fact(Explicit = true)]", 1)]
    [InlineData("rows.Skip(1); var lockSkip == 2;", 0)]
    public void A_test_that_does_not_run_is_found(string code, int found) => Assert.Equal(found, SourceRules.TestsThatDoNotRun(Planted(code)).Count());

    [Theory]
    [InlineData("@((MarkupString)alert.Title)", "Page.razor", 1)]
    [InlineData("@Html.Raw(alert.Title)", "Page.razor", 1)]
    [InlineData("@alert.Title", "Page.razor", 0)]
    [InlineData("// no MarkupString here", "Page.cs", 0)]
    public void Raw_markup_is_found(string code, string path, int found) => Assert.Equal(found, SourceRules.RawMarkup(Planted(code, path)).Count());

    [Theory]
    [InlineData("// TODO: later", 1)]
    [InlineData("x = 1; // FIXME", 1)]
    [InlineData("Todo, a METHODOLOGY", 0)]
    public void A_note_to_ourselves_is_found(string code, int found) => Assert.Equal(found, SourceRules.NotesToOurselves(Planted(code)).Count());

    [Theory]
    [InlineData("from https://api.nuget.org/v3/index.json", 1)]
    [InlineData("resolved https://registry.npmjs.org/x", 1)]
    [InlineData("at /home/ada/plantao/src", 1)]
    [InlineData("in /work/plantao", 1)]
    [InlineData("nuget.config, docs/work/plan, ~/home, /var/lib/plantao", 0)]
    public void A_place_of_one_machine_is_found(string text, int found) => Assert.Equal(found, SourceRules.PlacesOfOneMachine(Planted(text)).Count());

    [Fact]
    public void A_place_in_a_file_is_given_by_its_line() => Assert.Equal("Planted.cs:3", Planted("a\nb\nc").At(4));

    [Theory]
    [InlineData("""a("(") // (""", """a(" ") /   """)]
    [InlineData("a(@\"\"\"(\") + $\"{x}(\"", "a(@\"   \") + $\"    \"")]
    [InlineData("a(')') /*(*/ + b('\\'')", "a(' ') /     + b('  ')")]
    [InlineData("\"\"\"a \"(\" b\"\"\" + c(", "\"           \" + c(")]
    public void Words_are_blanked_and_code_stays_in_its_place(string text, string code) => Assert.Equal(code, Sources.WithoutWords(text));
}
