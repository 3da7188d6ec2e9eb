using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Plantao.OnCall;

namespace Plantao.Tests.OnCall;

/// <summary>A schedule, its overrides and three instants in order, drawn at random and near changes of the clocks.</summary>
sealed record AnySchedule(Schedule Schedule, IReadOnlyList<Override> Overrides, DateTimeOffset A, DateTimeOffset B, DateTimeOffset C)
{
    static readonly string[] Zones = ["America/Sao_Paulo", "Europe/Berlin", "Australia/Lord_Howe", "America/New_York", "Pacific/Apia", "Africa/Casablanca", "Asia/Kathmandu", "UTC"];
    static readonly string[] People = ["ana", "bruno", "carla", "davi"];

    /// <summary>Changes of the clocks in the zones above, and a new year.</summary>
    static readonly DateTimeOffset[] Interesting =
    [
        Written.At("2018-11-04T03:00Z"), Written.At("2019-02-17T02:00Z"), Written.At("2026-03-29T01:00Z"), Written.At("2026-10-25T01:00Z"), Written.At("2026-04-04T15:00Z"),
        Written.At("2026-10-03T15:30Z"), Written.At("2026-03-08T07:00Z"), Written.At("2026-11-01T06:00Z"), Written.At("2011-12-30T10:00Z"), Written.At("2026-01-01T00:00Z"),
    ];

    static readonly Gen<TimeOnly> Time = Gen.OneOf(
        Gen.Elements(new TimeOnly(0, 0), new TimeOnly(9, 0), new TimeOnly(2, 0), new TimeOnly(2, 30), new TimeOnly(23, 30), new TimeOnly(1, 15)),
        Gen.Choose(0, 24 * 60 - 1).Select(minute => TimeOnly.MinValue.AddMinutes(minute)));

    static readonly Gen<DayOfWeek> Day = Gen.Elements(Enum.GetValues<DayOfWeek>());

    static readonly Gen<Window> AWindow = Gen.OneOf(
        from days in Gen.Choose(1, 127) from start in Time from end in Time select (Window)new Window.OnDays((Weekdays)days, start, end),
        from start in Time from end in Time select (Window)new Window.OnDays(Weekdays.All, start, end),
        from first in Day from start in Time from last in Day from end in Time select (Window)new Window.Span(first, start, last, end));

    static readonly Gen<Rotation> ARotation = Gen.Elements(
        Rotation.Daily, Rotation.Daily, Rotation.Weekly, Rotation.Weekly, new(2, TurnUnit.Weeks), new(3, TurnUnit.Days), new(8, TurnUnit.Hours), new(12, TurnUnit.Hours), new(25, TurnUnit.Hours));

    static Gen<Layer> ALayer(DateTimeOffset around, string name, bool restricted) =>
        from people in Gen.Elements(People).ListOf().Resize(4)
        from rotation in ARotation
        from time in Time
        from day in Day
        from hasDay in Gen.Elements(true, false)
        from daysBefore in Gen.Choose(restricted ? -3 : 20, 60)
        from startTime in Gen.OneOf(Gen.Constant<TimeOnly?>(null), Time.Select(at => (TimeOnly?)at))
        from length in Gen.OneOf(Gen.Constant(0), Gen.Choose(1, 90))
        from only in Gen.OneOf(Gen.Constant(new List<Window>()), AWindow.ListOf().Resize(3).Select(windows => windows.ToList()))
        from counted in Gen.OneOf(Gen.Constant<int?>(null), Gen.Choose(-40, 40).Select(days => (int?)days))
        let start = DateOnly.FromDateTime(around.UtcDateTime).AddDays(-daysBefore)
        select new Layer(
            name, [.. people], rotation, time, hasDay && rotation.Unit == TurnUnit.Weeks ? day : null, new WallMoment(start, startTime),
            restricted && length > 0 ? new WallMoment(start.AddDays(length), null) : null,
            restricted && only.Count > 0 ? only : null,
            counted is { } days ? start.AddDays(days) : null);

    static Gen<DateTimeOffset> Near(DateTimeOffset around) => Gen.OneOf(
        Gen.Choose(-5 * 24 * 60, 5 * 24 * 60).Select(minutes => around.AddMinutes(minutes)),
        Gen.Choose(-180, 180).Select(minutes => around.AddMinutes(minutes)),
        Gen.Choose(-25, 25).Select(days => around.AddDays(days)));

    static Gen<Override> AnOverride(DateTimeOffset around) =>
        from person in Gen.Elements(People)
        from start in Near(around)
        from hours in Gen.Choose(1, 200)
        from replaces in Gen.OneOf(Gen.Constant<string?>(null), Gen.Elements(People).Select(name => (string?)name))
        from number in Gen.Choose(0, 1_000_000)
        select new Override(string.Create(CultureInfo.InvariantCulture, $"ovr_{number}"), person, start, start.AddHours(hours), "gestora", replaces);

    static readonly Gen<AnySchedule> Drawn =
        from around in Gen.Elements(Interesting)
        from zone in Gen.Elements(Zones)
        from layer1 in ALayer(around, "one", restricted: true)
        from layer2 in ALayer(around, "two", restricted: true)
        from layers in Gen.Elements(1, 2)
        from overrides in AnOverride(around).ListOf().Resize(4)
        from times in Near(around).ListOf(3)
        let ordered = times.Order().ToList()
        select new AnySchedule(new Schedule("any", zone, layers == 1 ? [layer1] : [layer1, layer2]), [.. overrides], ordered[0], ordered[1], ordered[2]);

    /// <summary>Everything that can be written.</summary>
    public static Arbitrary<AnySchedule> Any => Drawn.ToArbitrary();

    /// <summary>One layer with people and no restriction, begun before the instants.</summary>
    public static Arbitrary<AnySchedule> Unrestricted =>
        (from any in Drawn
         from around in Gen.Constant(any.A)
         from layer in ALayer(around, "one", restricted: false)
         from first in Gen.Elements(People)
         select any with { Schedule = any.Schedule with { Layers = [layer with { People = [first, .. layer.People] }] }, Overrides = [] }).ToArbitrary();

    public override string ToString() => $"{ScheduleJson.Write(Schedule)}\n{string.Join('\n', Overrides)}\n{A:O}\n{B:O}\n{C:O}";
}
