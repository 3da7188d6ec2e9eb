using FsCheck;
using FsCheck.Fluent;

namespace Plantao.Tests.Kit;

/// <summary>How properties are checked here: in silence, unless one does not hold.</summary>
static class Properties
{
    static readonly Config Quietly = Config.QuickThrowOnFailure.WithQuietOnSuccess(true);

    /// <summary>Draws so many cases, and throws with the smallest that breaks it.</summary>
    public static void Holds(this Property property, int times = 100) => property.Check(Quietly.WithMaxTest(times));
}
