using Microsoft.Playwright;
using Plantao.Tests.Kit;

namespace Plantao.Tests.Web;

/// <summary>No screen has a barrier or scrolls sideways, in two themes, two sizes and two languages (ui/README, §8).</summary>
/// <remarks>Each is loaded once for a language; theme and size are changed on the loaded screen, which is all that a stylesheet knows of them.</remarks>
[Trait("Kind", "Browser")]
public class EveryScreenTests(ITestOutputHelper output)
{
    /// <summary>As narrow as a screen must go, and the two that it is drawn for.</summary>
    static readonly (int Width, int Height)[] Sizes = [(320, 640), Browser.Phone, Browser.Laptop];

    /// <summary>
    /// All rules on every screen in one of its four looks, and every size's width: neighbours are looked at differently, so that each look is seen on many.
    /// In Portuguese, whose words are longer; English, and all eight looks of all, are in the long run.
    /// </summary>
    [Fact]
    public async Task No_screen_has_a_barrier_or_scrolls_sideways()
    {
        const string Language = "pt-BR";
        await using var all = await EveryScreen.Start(Language);
        Assert.Empty(all.OutOfStep());
        await Look(all, all.Rows, Language, output, async (window, name) =>
        {
            var at = all.Rows.Index().First(row => row.Item.Name == name).Index;
            await Turn(window, at % 2 == 0 ? Browser.Phone : Browser.Laptop, at / 2 % 2 == 0);
            return await window.Barriers();
        });
    }

    /// <summary>Every rule in every look.</summary>
    [Theory, Trait("Kind", "Long"), InlineData("en"), InlineData("pt-BR")]
    public async Task No_screen_has_a_barrier_in_any_look(string language)
    {
        await using var all = await EveryScreen.Start(language);
        await Look(all, all.Rows, language, output, async (window, name) =>
        {
            var found = new List<string>();
            foreach (var phone in (bool[])[true, false])
            {
                foreach (var dark in (bool[])[true, false])
                {
                    var look = $"{(phone ? "phone" : "laptop")}-{(dark ? "dark" : "light")}";
                    await Turn(window, phone ? Browser.Phone : Browser.Laptop, dark);
                    await window.Picture($"{name}-{look}-{language}");
                    found.AddRange((await window.Barriers()).Select(b => $"{look}: {b}"));
                }
            }

            return found;
        });
    }

    static async Task Look(EveryScreen all, IReadOnlyList<Shown> rows, string language, ITestOutputHelper output, Func<Window, string, Task<IReadOnlyList<string>>> barriers)
    {
        var wrong = new List<string>();
        await using var windows = new EveryScreen.Windows(all, language, Browser.Phone);
        // To look at a few while they are being changed: their names, with commas. What makes something for others comes along.
        var only = Environment.GetEnvironmentVariable("PLANTAO_SCREENS")?.Split(',');
        foreach (var row in rows.Where(row => row.Makes || only is null || only.Contains(row.Name, StringComparer.Ordinal)))
        {
            var began = TimeProvider.System.GetTimestamp();
            var window = await windows.As(row.As);
            if (await row.Bring(window) is var status && status != row.Status) wrong.Add($"{row.Name}: answered {status}, not {row.Status}");
            if (await window.Page.Locator("html").GetAttributeAsync("lang") is var spoken && spoken != language) wrong.Add($"{row.Name}: speaks {spoken}");
            wrong.AddRange((await barriers(window, row.Name)).Select(barrier => $"{row.Name}: {barrier}"));
            foreach (var size in Sizes)
            {
                await Turn(window, size, false);
                if (await window.Sideways() is > 0 and var far) wrong.Add($"{row.Name}: scrolls {far} px sideways at {size.Width}");
            }

            output.WriteLine($"{row.Name}: {TimeProvider.System.GetElapsedTime(began).TotalMilliseconds:0} ms");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    static async Task Turn(Window window, (int Width, int Height) size, bool dark)
    {
        await window.Page.SetViewportSizeAsync(size.Width, size.Height);
        await window.Page.EmulateMediaAsync(new() { ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light });
    }
}
