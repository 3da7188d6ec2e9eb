using Xunit.v3;

namespace Plantao.Tests;

/// <summary>Names the requirements that a test shows from outside. <c>./test coverage</c> counts them.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
public sealed class CoversAttribute(params string[] ids) : Attribute, ITraitAttribute
{
    /// <summary>Ids such as <c>S4-58</c>.</summary>
    public IReadOnlyList<string> Ids { get; } = ids;

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() =>
        [.. Ids.Select(id => KeyValuePair.Create("Covers", id))];
}
