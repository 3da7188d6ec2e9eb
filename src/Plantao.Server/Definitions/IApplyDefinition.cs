using System.Text.Json;
using Plantao.Platform.Storage;

namespace Plantao.Definitions;

/// <summary>Who writes a revision, when, and under which correlation id.</summary>
public sealed record Authorship(string By, DateTimeOffset At, string Correlation, string? Reason = null);

/// <summary>Makes one kind of definition take effect. Declared here and answered by the room that it belongs to, in the transaction that keeps the revision.</summary>
public interface IApplyDefinition
{
    /// <summary>Which <see cref="IDefinitionKind.Name"/>.</summary>
    string Kind { get; }

    /// <summary>It says this from now on. Names in it may not exist here: then they lead nowhere until they do.</summary>
    Task Put(Tx tx, string name, JsonElement document, int revision, Authorship by);

    /// <summary>It is there no more.</summary>
    Task Remove(Tx tx, string name, Authorship by);
}
