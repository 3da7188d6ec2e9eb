using System.Text.Json;

namespace Plantao.Client;

/// <summary>One file of a pack: its path inside the folder, with forward slashes, and its text.</summary>
public sealed record PackFileBody(string Path, string Text);

/// <summary>A pack as it lies in a folder.</summary>
/// <param name="Prune">What the pack owns and holds no more is removed.</param>
/// <param name="Take"><c>file</c> or <c>web</c>: which side of a drift is kept.</param>
public sealed record PackRequest(IReadOnlyList<PackFileBody> Files, bool Prune = false, string? Take = null);

/// <summary>What is wrong in a file, where, and what would be right.</summary>
/// <param name="Text">As compilers write it: <c>file:line:column: message (suggestion)</c>.</param>
public sealed record ProblemView(string File, int Line, int Column, string Message, string? Suggestion, string Text);

/// <summary>What applying would do, or did, with one definition.</summary>
/// <param name="Change">Create, Update, Unchanged, Settle, KeepWeb, Drift, Remove, Left or Foreign.</param>
/// <param name="Difference">As <c>diff -u</c> of the YAML; empty when nothing changes.</param>
public sealed record ChangeView(string Kind, string Name, string Change, string Difference, string? WebDifference);

/// <summary>A plan, or what became of it.</summary>
/// <param name="Stopped">Edits on the web and in the folder stand against each other: nothing is applied until <c>take</c> says which.</param>
/// <param name="Holes">Names that do not exist here: never a reason to refuse the rest.</param>
public sealed record PlanView(string Pack, bool Applied, bool Stopped, IReadOnlyList<ChangeView> Changes, IReadOnlyList<string> Holes);

/// <summary>What linting found.</summary>
public sealed record LintView(string? Pack, int Definitions, IReadOnlyList<ProblemView> Problems);

/// <summary>A definition as it stands.</summary>
/// <param name="Pack">Who owns it; absent: the web.</param>
public sealed record DefinitionView(string Kind, string Name, string? Pack, int Revision, string Digest, bool Drifted, JsonElement Document, string Yaml);

public sealed record RevisionView(int Revision, string Digest, string Author, DateTimeOffset At, string? Pack, string? Reason, string Yaml);

/// <summary>That a secret is there. Its value is never told.</summary>
/// <param name="Version">1 at first; each new value is one more.</param>
public sealed record SecretView(string Name, int Version, DateTimeOffset ChangedAt);

/// <param name="Value">8 to 4,096 characters without blanks.</param>
public sealed record SecretRequest(string Value);

/// <summary>A definition as text, with the reason of the change.</summary>
public sealed record DefinitionRequest(string Yaml, string Reason);
