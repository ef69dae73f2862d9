using Microsoft.Playwright;
using QuoTrading.Portal.Tests.EndToEnd.Pages;
using QuoTrading.Portal.Tests.Support;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd;

/// <summary>A page that somebody goes to begins at its top; one that he comes back to is where he left it.</summary>
public sealed class ScrollTests(Chromium chromium) : BrowserTest(chromium)
{
    private const string Scrolled = "() => { const main = document.querySelector('main'); return getComputedStyle(main).overflowY === 'auto' ? main.scrollTop : document.scrollingElement.scrollTop; }";

    // At once: before the browser has told anybody that it was scrolled.
    private const string ScrollToEndAndLeave = """
        () => {
          const main = document.querySelector('main');
          const box = getComputedStyle(main).overflowY === 'auto' ? main : document.scrollingElement;
          box.scrollTop = 100000;
          const left = box.scrollTop;
          [...document.querySelectorAll('a.row-link')].at(-1).click();
          return left;
        }
        """;

    // As where a list shows its outline first, or comes late.
    private const string EmptyForAWhile = """
        addEventListener('popstate', () => setTimeout(() => {
          const sheet = Object.assign(document.createElement('style'), { textContent: 'main > * { display: none }' });
          document.head.append(sheet);
          setTimeout(() => { sheet.remove(); window.cameLate = true; }, 500);
        }, 100))
        """;

    [Theory]
    [InlineData(1280, 600, false)]
    [InlineData(360, 600, false)]
    [InlineData(1280, 600, true)]
    [InlineData(360, 600, true)]
    public async Task A_link_leads_to_the_top_and_back_to_the_place(int width, int height, bool late)
    {
        for (var i = 0; i < 40; i++) await Portal.CreateLicenseAsync($"c{i}@example.com");
        var page = (await SignInAsync()).Browser;
        await page.SetViewportSizeAsync(width, height);
        await LicensesPage.OpenAsync(page);
        // What lies beyond the frame is not there: nothing but the page itself scrolls.
        if (width > 1000) Assert.Equal(height, await page.EvaluateAsync<int>("document.documentElement.scrollHeight"));
        var left = await page.EvaluateAsync<double>(ScrollToEndAndLeave);
        Assert.True(left > 300, $"{left}");
        await Expect(page.GetByText("Live now").First).ToBeVisibleAsync();
        Assert.Equal(0, await page.EvaluateAsync<double>(Scrolled));

        if (late) await page.EvaluateAsync(EmptyForAWhile);
        await page.GoBackAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Licenses", Level = 1 })).ToBeVisibleAsync();
        if (late) await Until.TrueAsync(() => page.EvaluateAsync<bool>("window.cameLate === true"), "the list comes");
        await Until.TrueAsync(async () => Math.Abs(await page.EvaluateAsync<double>(Scrolled) - left) < 2, "the page is where it was left");
    }
}
