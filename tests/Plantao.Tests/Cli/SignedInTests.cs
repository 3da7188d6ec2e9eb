using System.Net;
using Plantao.Cli;
using Plantao.Platform.Access;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Cli;

public class SignedInTests
{
    [Fact]
    public async Task A_token_is_kept_for_its_owner_alone_and_used_from_then_on()
    {
        await using var site = await TestSite.Start(Database.Sqlite);
        var (_, token) = await site.Person("ada");
        using var terminal = Terminal.At(site, null);

        Assert.Equal(Exit.NotAllowed, (await terminal.Run("me", "show")).Exit);
        Assert.Equal(Exit.Done, (await terminal.Run("login", "--token", token)).Exit);

        Assert.StartsWith("ada (PersonalToken)", (await terminal.Run("me", "show")).Out, StringComparison.Ordinal);
        Assert.All(terminal.Home.GetFiles(), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.UnixFileMode));
    }

    [Fact]
    public async Task A_token_can_come_on_standard_input()
    {
        await using var site = await TestSite.Start(Database.Sqlite);
        var (_, token) = await site.Person("ada");
        using var terminal = new Terminal(Microsoft.AspNetCore.TestHost.HostBuilderTestServerExtensions.GetTestServer(site.App).CreateHandler()) { Input = token + "\n" };

        Assert.Equal(Exit.Done, (await terminal.Run("login", "--token", "-")).Exit);
        Assert.Equal(token + "\n", await File.ReadAllTextAsync(Path.Combine(terminal.Home.FullName, "token"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_token_that_does_not_hold_is_not_kept()
    {
        await using var site = await TestSite.Start(Database.Sqlite);
        using var terminal = Terminal.At(site, null);

        Assert.Equal(Exit.NotAllowed, (await terminal.Run("login", "--token", "plt_pmistyped")).Exit);
        Assert.Equal(Exit.Usage, (await terminal.Run("login")).Exit);
        Assert.Empty(terminal.Home.GetFiles());
    }

    [Fact]
    public async Task A_kept_token_is_never_sent_to_another_server()
    {
        var network = new Answering(_ => Answering.Json("""{"kind":"PersonalToken","id":"usr_1","name":"ada","teams":[],"scopes":[]}"""));
        using var terminal = new Terminal(network);
        await terminal.Run("login", "--token", "plt_psecret", "--server", "https://one.example");

        await terminal.Run("me", "show");
        await terminal.Run("me", "show", "--server", "https://two.example");
        await terminal.Run("me", "show", "--server", "http://one.example");

        Assert.Equal(["https://one.example plt_psecret", "https://one.example plt_psecret", "https://two.example ", "http://one.example "],
            network.Calls.Select(call => $"{call.RequestUri!.GetLeftPart(UriPartial.Authority)} {call.Headers.Authorization?.Parameter}"));
    }
}
