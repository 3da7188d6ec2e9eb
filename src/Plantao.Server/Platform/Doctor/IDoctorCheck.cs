using Plantao.Platform.Text;

namespace Plantao.Platform.Doctor;

/// <summary>How bad a finding is, best first: the worst of all is the exit code.</summary>
public enum Health
{
    Ok,

    /// <summary>It works, and somebody should look at it.</summary>
    Warning,

    /// <summary>A page may be lost, or this does not work.</summary>
    Failure,
}

/// <summary>What a check found.</summary>
/// <param name="Said">A sentence with the figure that was seen. Never a secret or an address of a person.</param>
/// <param name="ToDo">What to do about it; <see langword="null"/> when all is well.</param>
public sealed record Finding(Health Health, Sentence Said, Sentence? ToDo = null)
{
    /// <summary>In English, as the command line says it.</summary>
    public string Message => Said.English;

    /// <inheritdoc cref="Message"/>
    public string? Next => ToDo?.English;

    public static Finding Ok(Sentence said) => new(Health.Ok, said);

    public static Finding Warning(Sentence said, Sentence toDo) => new(Health.Warning, said, toDo);

    public static Finding Failure(Sentence said, Sentence toDo) => new(Health.Failure, said, toDo);
}

/// <summary>One thing that <c>plantao doctor</c> looks at. Rooms register theirs: mail, channels, coverage, people who cannot be reached.</summary>
public interface IDoctorCheck
{
    /// <summary>Lower-case, such as <c>mail</c>: first column of the table.</summary>
    string Name { get; }

    /// <summary>Looks, and changes nothing. May go out to a provider; is given 15 s.</summary>
    Task<Finding> Check(CancellationToken ct);
}
