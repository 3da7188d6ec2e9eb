using Plantao.Platform.Redaction;

namespace Plantao.Platform.Access;

/// <summary>Paths that carry a secret: an integration's key, the link of a page, an invitation, a calendar's address. They are shown and logged without it (failures.md K5).</summary>
public static class KeyedPaths
{
    static readonly string[] Doors = ["/in/", "/p/", "/join/", "/reset/", "/report/", "/calendar/"];

    /// <summary><c>/in/pli4x…/grafana</c> → <c>/in/{key}/grafana</c>; what else looks like a secret or a person is taken out too.</summary>
    /// <remarks>Also where no endpoint is: somebody who mistypes the end of a path still sent the key.</remarks>
    public static string Masked(string path, Redactor redactor)
    {
        // Routes do not tell capitals apart, nor does whoever types one.
        if (Doors.FirstOrDefault(door => path.StartsWith(door, StringComparison.OrdinalIgnoreCase)) is { } keyed)
        {
            var rest = path[keyed.Length..].TrimStart('/');
            var slash = rest.IndexOf('/', StringComparison.Ordinal);
            path = keyed + "{key}" + (slash < 0 ? "" : rest[slash..]);
        }

        // What is written with percent signs is read as what it stands for.
        var plain = redactor.Redact(Uri.UnescapeDataString(path));
        return plain.Count > 0 ? plain.Text : path;
    }
}
