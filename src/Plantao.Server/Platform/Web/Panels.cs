namespace Plantao.Platform.Web;

/// <summary>A component that a higher room puts on a lower room's screen. It has one parameter, <c>Subject</c>, of the type <paramref name="Subject"/>.</summary>
/// <param name="Place">A place that the screen names, such as <c>side</c>.</param>
/// <param name="Order">Among the panels of its place, ascending.</param>
public sealed record PanelEntry(Type Subject, string Place, int Order, Type Component);

/// <summary>Which panels stand where.</summary>
public sealed class PanelBook(IEnumerable<PanelEntry> entries)
{
    readonly IReadOnlyList<PanelEntry> all = [.. entries.OrderBy(e => e.Order)];

    public IEnumerable<Type> Of(Type subject, string place) => all.Where(e => e.Subject == subject && e.Place == place).Select(e => e.Component);
}
