namespace Plantao.Client;

/// <summary>A part of a list.</summary>
/// <param name="Next">Asks for what follows, as <c>?cursor=</c>; absent at the end. Opaque: its form may change.</param>
public sealed record Part<T>(IReadOnlyList<T> Items, string? Next);
