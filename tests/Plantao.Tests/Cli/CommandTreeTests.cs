using System.CommandLine;
using Plantao.Cli;
using Plantao.Client;
using Plantao.Tests.House;

namespace Plantao.Tests.Cli;

public class CommandTreeTests
{
    static Surroundings Nowhere => new(TextReader.Null, TextWriter.Null, TextWriter.Null, false, 0, _ => null, "/nonexistent", TimeProvider.System);

    static IEnumerable<string> Verbs(Command command, string path) =>
        (command.Action is null ? [] : (string[])[path]).Concat(command.Subcommands.SelectMany(inner => Verbs(inner, $"{path} {inner.Name}")));

    [Fact]
    public void Every_verb_is_in_the_book()
    {
        var book = File.ReadAllText(Path.Combine(Sources.Root, "docs/cli.md"));

        Assert.All(CommandLine.Root(Nowhere, _ => true).Subcommands.SelectMany(noun => Verbs(noun, "plantao " + noun.Name)), verb => Assert.Contains($"`{verb}", book, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Help_names_the_nouns_and_the_exit_codes()
    {
        using var terminal = new Terminal(new Answering(_ => throw new InvalidOperationException("Help asks no server.")));

        var help = await terminal.Run("--help");

        Assert.Equal(Exit.Done, help.Exit);
        Assert.All(CommandLine.Root(Nowhere, _ => false).Subcommands, noun => Assert.Contains($"  {noun.Name} ", help.Out, StringComparison.Ordinal));
        Assert.Contains("77 not allowed", help.Out, StringComparison.Ordinal);
        Assert.Contains("plantao alert snooze <id>", (await terminal.Run("alert", "snooze", "--help")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_type_that_the_client_sends_or_reads_is_in_its_contract()
    {
        var types = typeof(PlantaoClient).GetMethods(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.DeclaredOnly)
            .Where(method => typeof(Task).IsAssignableFrom(method.ReturnType))
            .SelectMany(method => method.GetParameters().Select(p => p.ParameterType).Concat(method.ReturnType.GetGenericArguments()))
            .Where(type => type.FullName!.Contains("Plantao.Client", StringComparison.Ordinal) && type != typeof(PlantaoClient.TokenOwner)).Distinct().ToList();

        Assert.True(types.Count > 40);
        Assert.All(types, type => Assert.NotNull(ClientJson.Default.GetTypeInfo(type)));
    }
}
