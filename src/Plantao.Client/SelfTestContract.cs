namespace Plantao.Client;

/// <summary>Something that must always hold, and what breaks it.</summary>
public sealed record SelfTestView(string Holds, IReadOnlyList<string> Broken);
