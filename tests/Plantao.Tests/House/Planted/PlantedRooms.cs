#pragma warning disable RS0030, CA1852, CA2000, MA0049   // each type here breaks a rule on purpose, and is never run

namespace Plantao.Tests.House.Planted
{
    static class Rooms
    {
        public static Type[] All => [typeof(Platform.Ground), typeof(Home.Attic)];
    }
}

namespace Plantao.Tests.House.Planted.Platform
{
    class Ground;

    class UpInABody
    {
        public static object Make() => new Func<object>(() => new Home.Attic())();
    }

    class UpInASignature
    {
        public static void Take(IReadOnlyList<Dictionary<string, Home.Attic[]>> attics) => _ = attics;
    }

    class UpInAGenericCall
    {
        public static async Task<int> Count()
        {
            await Task.Yield();
            return Array.Empty<Home.Attic>().Length;
        }
    }

    class UpByAttribute
    {
        [Home.Attic]
        public static void Marked() { }
    }

    class ReachesForTheContents
    {
        public static int Count() => Rooms.All.Length;
    }
}

namespace Plantao.Tests.House.Planted.Home
{
    [AttributeUsage(AttributeTargets.Method)]
    class Attic : Attribute;

    class Down
    {
        public static Platform.Ground Ground() => new();
    }
}

namespace Plantao.Tests.House.Planted.Cellar
{
    class OffTheMap
    {
        public static Platform.Ground Ground() => new();
    }
}

namespace Plantao.Tests.House.Planted.Alerts
{
    class Forbidden
    {
        public static HttpClient Client() => new();
        public static HttpMessageHandler Handler() => new SocketsHttpHandler();
        public static void Run() => System.Diagnostics.Process.Start("true");
        public static async Task Wait() => await Task.Delay(1);
        public static async Task WaitByTheClock(TimeProvider clock) => await Task.Delay(TimeSpan.FromSeconds(1), clock);
        public static DateTimeOffset Now() => DateTimeOffset.UtcNow;
        public static object Raw(string text) => (Microsoft.AspNetCore.Components.MarkupString)text;
    }
}
