namespace Plantao.Definitions;

/// <summary>The name of a definition: unique within its kind.</summary>
/// <param name="Kind">Such as <c>service</c>.</param>
/// <param name="Name">See <see cref="Shapes.Name"/>.</param>
public sealed record DefinitionKey(string Kind, string Name)
{
    public override string ToString() => $"{Kind} {Name}";
}

/// <summary>A name that a definition uses for something outside itself.</summary>
/// <param name="Kind">A kind of definition, or <c>person</c>, <c>team</c>, <c>secret</c>, <c>severity</c>.</param>
public sealed record Reference(string Kind, string Name, Position At);
