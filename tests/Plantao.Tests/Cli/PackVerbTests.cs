using Plantao.Cli;
using Plantao.Platform.Access;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Cli;

/// <summary>Definitions as files of a folder, from the command line.</summary>
[Trait("Kind", "Sqlite")]
public class PackVerbTests
{
    static DirectoryInfo Pack(string wait)
    {
        var folder = Directory.CreateTempSubdirectory("plantao-pack");
        File.WriteAllText(Path.Combine(folder.FullName, "pack.yaml"), "name: night\ntitle: Night\nversion: 1.0.0\n");
        folder.CreateSubdirectory("escalation-policies");
        Write(folder, wait);
        return folder;
    }

    static string Policy(DirectoryInfo folder) => Path.Combine(folder.FullName, "escalation-policies", "checkout.yaml");

    static void Write(DirectoryInfo folder, string wait) => File.WriteAllText(Policy(folder), $"title: Checkout\nsteps:\n  - targets: [person:ada]\n    wait: {wait}\n");

    [Fact]
    public async Task A_pack_is_linted_compared_applied_and_written_back()
    {
        await using var night = await Night.Start(Database.Sqlite);
        await night.Person("ada");
        var (_, token) = await night.Site.Person("grace", OrganisationRole.Admin);
        using var grace = Terminal.At(night.Site, token);
        var folder = Pack("5m");
        try
        {
            Write(folder, "soon");
            var linted = await grace.Run("lint", folder.FullName);
            Assert.Equal(Exit.Refused, linted.Exit);
            Assert.Contains("escalation-policies/checkout.yaml:4:11: `soon` is not a span of time", linted.Out, StringComparison.Ordinal);

            Write(folder, "5m");
            Assert.Equal(Exit.Done, (await grace.Run("lint", folder.FullName)).Exit);
            var plan = await grace.Run("diff", folder.FullName);
            Assert.Contains("create escalation-policy checkout", plan.Out, StringComparison.Ordinal);
            Assert.Contains("not applied yet", plan.Error, StringComparison.Ordinal);
            Assert.Contains("applied", (await grace.Run("apply", folder.FullName)).Error, StringComparison.Ordinal);
            Assert.Contains("nothing to do", (await grace.Run("apply", folder.FullName)).Error, StringComparison.Ordinal);

            // Edited on the web meanwhile: the next apply stops with 3, until one side is taken or the edit is written back.
            using (var web = PlantaoAt(night, token))
                await web.PutDefinition("escalation-policy", "checkout", new Plantao.Client.DefinitionRequest("title: Checkout\nsteps:\n  - targets: [person:ada]\n    wait: 7m\n", "too hasty"), CancellationToken.None);
            Write(folder, "9m");
            var stopped = await grace.Run("apply", folder.FullName);
            Assert.Equal(Exit.Drift, stopped.Exit);
            Assert.Contains("+    wait: 7m", stopped.Out, StringComparison.Ordinal);
            Assert.Contains("+    wait: 9m", stopped.Out, StringComparison.Ordinal);

            Assert.Equal(Exit.Done, (await grace.Run("export", folder.FullName)).Exit);
            Assert.Contains("wait: 7m", await File.ReadAllTextAsync(Policy(folder)), StringComparison.Ordinal);
            Assert.Equal(Exit.Done, (await grace.Run("apply", folder.FullName)).Exit);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task The_self_test_holds_after_a_night()
    {
        await using var night = await Night.Start(Database.Sqlite);
        await night.Policy("checkout", 1, null, ("ada", TimeSpan.FromMinutes(5)));
        await night.Service("checkout");
        await night.Fire("CheckoutDown");
        await night.Paged();
        await night.Resolve("CheckoutDown");
        await night.Pass(TimeSpan.FromMinutes(5));
        var (_, token) = await night.Site.Person("grace", OrganisationRole.Admin);
        using var grace = Terminal.At(night.Site, token);
        var said = await grace.Run("selftest");
        Assert.DoesNotContain("BROKEN", said.Out, StringComparison.Ordinal);
        Assert.Equal(Exit.Done, said.Exit);

        // And it can fail: a climb that asks and has lost its time is found.
        await night.Fire("CheckoutDown");
        await night.Paged();
        await night.Site.Db.Write(tx => tx.Execute($"UPDATE escalations SET due_at = NULL WHERE status = 'Climbing'"), CancellationToken.None);
        var broken = await grace.Run("selftest");
        Assert.Equal(Exit.Refused, broken.Exit);
        Assert.Contains("BROKEN  A climb that asks has a time", broken.Out, StringComparison.Ordinal);
    }

    static Plantao.Client.PlantaoClient PlantaoAt(Night night, string token) =>
        new(new Uri("http://localhost/"), token, Microsoft.AspNetCore.TestHost.HostBuilderTestServerExtensions.GetTestServer(night.Site.App).CreateHandler());
}
