using System.Reflection;
using Plantao.Definitions;
using Plantao.People;
using Plantao.Platform.Journal;
using Plantao.Platform.Storage;

namespace Plantao.Alerts;

/// <summary>What setup makes to begin with, from the starter pack with the Owner's own names: a schedule with the Owner on call, a policy, a service, and an integration with a key.</summary>
/// <remarks>It belongs to the web: who never opens a file never meets one.</remarks>
public sealed class Starter(DefinitionKinds kinds, DefinitionStore definitions) : ISetUpStarter
{
    const string Folder = "packs/starter/";

    public async Task<IReadOnlyDictionary<string, string>> MakeStarter(Tx tx, User owner, Team team, string publicAddress, string correlation)
    {
        var names = new Dictionary<DefinitionKey, string> { [new("person", "owner")] = owner.Name, [new("team", "operations")] = team.Name };
        var pack = Pack.Read(Files(), kinds, names);
        if (pack.Problems.Count > 0) throw new InvalidDataException("The starter pack in this program is broken: " + string.Join("; ", pack.Problems));
        var by = new Authorship(owner.Id, owner.CreatedAt, correlation, "first run");
        foreach (var definition in pack.Definitions) await definitions.Save(tx, definition.Key, definition.Document, definition.Digest, null, drifted: false, null, by);

        var integration = await IntegrationStore.ByName(tx, "alertmanager") ?? throw new InvalidDataException("The starter pack has no integration named alertmanager.");
        var key = Tokens.NewIntegrationKey();
        await IntegrationStore.AddKey(tx, integration.Id, key, owner.CreatedAt);
        await tx.Journal(Platform.Journal.Entry.Of("integration.key-made", integration.Id, owner.Id, owner.CreatedAt, correlation));
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["integrationKey"] = key,
            ["curl"] = $$"""curl -X POST {{publicAddress}}/api/v2/alerts -H 'Authorization: Bearer {{key}}' -H 'Content-Type: application/json' -d '[{"labels":{"alertname":"TestAlert","severity":"page"},"annotations":{"summary":"A test alert"} }]'""",
            ["alertmanager"] = $"webhook_configs: [{{url: '{publicAddress}/in/{key}/alertmanager'}}]",
        };
    }

    static IReadOnlyList<PackFile> Files()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames().Where(n => n.StartsWith(Folder, StringComparison.Ordinal)).Select(n =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(n)!);
            return new PackFile(n[Folder.Length..], reader.ReadToEnd());
        })];
    }
}
