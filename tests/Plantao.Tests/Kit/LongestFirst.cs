using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(Plantao.Tests.Kit.LongestFirst))]

namespace Plantao.Tests.Kit;

/// <summary>Classes that take minutes begin first: else the run waits for one of them at its end, with one core idle.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    static readonly string[] Long =
        ["PostgresKillTests", "PostgresFailPointTests", "SqliteKillTests", "SqliteFailPointTests", "StopTests", "EveryScreenTests", "SetupStories", "PeopleStories", "OnCallStories", "ScreenStories", "KeyboardStories", "StateStories"];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections) where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => Array.FindIndex(Long, name => collection.TestCollectionDisplayName.Contains("." + name + " ", StringComparison.Ordinal)) is >= 0 and var place ? place : Long.Length)];
}
