namespace Plantao.Tests.Demo;

[Trait("Kind", "Sqlite")]
public class WalkthroughTests
{
    static async Task<(int Code, string Output, string Errors)> Walk(params (string Name, string Value)[] environment)
    {
        await using var demo = ChildProgram.Start("plantao.dll", environment.ToDictionary(e => e.Name, e => (string?)e.Value), "demo", "--walkthrough");
        return await demo.End();
    }

    [Fact]
    public async Task It_sees_alert_page_acknowledgement_and_resolve_and_shows_every_hop()
    {
        var (code, output, errors) = await Walk();

        Assert.Equal("", errors);
        Assert.Equal(0, code);
        var at = -1;
        foreach (var stage in (string[])
        [
            "FAULT ", "NOTICED ", "POSTED       firing", "RECEIVED ", "ALERT ", "RINGS        phone of Ana", "RINGS        phone of Bruno", "LINK ", "ACKNOWLEDGED by Bruno",
            "STOPPED ", "SILENCE ", "FAULT        is taken away", "POSTED       resolved", "RESOLVED ", "of ana:", "Attempted", "Accepted", "Closed", "of bruno:", "Answered", "the chain of hashes is whole",
        ])
        {
            var next = output.IndexOf(stage, at + 1, StringComparison.Ordinal);
            Assert.True(next > at, $"{stage} comes not after the stage before it in:\n{output}");
            at = next;
        }

        Assert.EndsWith("./plantao serve     in earnest\n", output, StringComparison.Ordinal);
        Assert.Contains("the screen says: You have it", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Folder(output)), "its data is still there");
    }

    [Fact]
    public async Task A_service_that_posts_nothing_fails_it_and_the_message_says_what_was_not_seen()
    {
        var (code, output, errors) = await Walk(("CHECKOUT_SILENT", "1"));

        Assert.Equal(1, code);
        Assert.Contains("alert NOT SEEN. The sample service noticed its fault", errors, StringComparison.Ordinal);
        Assert.Contains("page, acknowledgement and resolve were not seen either", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("RINGS", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Folder(output)), "its data is still there");
    }

    [Theory, InlineData("--walk"), InlineData("--urls", "http://0.0.0.0:8470")]
    public async Task What_it_does_not_know_or_would_show_to_others_is_refused(params string[] arguments)
    {
        await using var demo = ChildProgram.Start("plantao.dll", null, ["demo", .. arguments]);
        var (code, output, errors) = await demo.End();

        Assert.Equal((64, ""), (code, output));
        Assert.Contains("plantao demo --walkthrough", errors, StringComparison.Ordinal);
    }

    /// <summary>Where it kept its data, as its first line says.</summary>
    static string Folder(string output) => output.Split("its database is a file in ")[1].Split('\n')[0];
}
