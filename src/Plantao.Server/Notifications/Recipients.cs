namespace Plantao.Notifications;

/// <summary>One way to one person, proven.</summary>
public sealed record Method(string Id, string Channel);

/// <summary>What paging needs to know of a person.</summary>
/// <param name="Methods">Proven and working, in their order. Empty: this person cannot be reached.</param>
public sealed record Recipient(string UserId, string Name, string Language, string Zone, IReadOnlyList<Method> Methods, IReadOnlyList<PlannedStep> High, IReadOnlyList<PlannedStep> Low);
