using Microsoft.AspNetCore.StaticAssets;

namespace Plantao.Platform.Web;

/// <summary>Static files under names that hold a digest of their content: a browser keeps them for ever, and a new version has a new name.</summary>
public sealed class StaticNames(EndpointDataSource endpoints)
{
    IReadOnlyDictionary<string, string>? names;

    /// <summary><c>tokens.css</c> → <c>/tokens.k3j9x….css</c>.</summary>
    /// <exception cref="KeyNotFoundException">There is no such file.</exception>
    public string this[string file] =>
        (names ??= Read()).TryGetValue(file, out var name) ? name : throw new KeyNotFoundException($"There is no static file {file}.");

    Dictionary<string, string> Read()
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var asset in endpoints.Endpoints.Select(e => e.Metadata.GetMetadata<StaticAssetDescriptor>()).OfType<StaticAssetDescriptor>().Where(a => a.Selectors.Count == 0))
        {
            var label = asset.Properties.FirstOrDefault(p => p.Name == "label")?.Value;
            if (label is not null) found[label] = "/" + asset.Route;
            else found.TryAdd(asset.Route, "/" + asset.Route);
        }

        return found;
    }
}
