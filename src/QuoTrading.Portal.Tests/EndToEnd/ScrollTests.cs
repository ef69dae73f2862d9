using Microsoft.Playwright;
using QuoTrading.Portal.Tests.EndToEnd.Pages;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd;

/// <summary>A page that somebody goes to begins at its top; one that he comes back to is where he left it.</summary>
public sealed class ScrollTests(Chromium chromium) : BrowserTest(chromium)
{
    private const string Scrolled = "() => { const main = document.querySelector('main'); return getComputedStyle(main).overflowY === 'auto' ? main.scrollTop : document.scrollingElement.scrollTop; }";
    private const string ScrollToEnd = "() => { const main = document.querySelector('main'); const box = getComputedStyle(main).overflowY === 'auto' ? main : document.scrollingElement; box.scrollTop = 100000; }";

    [Theory]
    [InlineData(1280, 600)]
    [InlineData(360, 600)]
    public async Task A_link_leads_to_the_top_and_back_to_the_place(int width, int height)
    {
        for (var i = 0; i < 40; i++) await Portal.CreateLicenseAsync($"c{i}@example.com");
        var page = (await SignInAsync()).Browser;
        await page.SetViewportSizeAsync(width, height);
        await LicensesPage.OpenAsync(page);
        // What lies beyond the frame is not there: nothing but the page itself scrolls.
        if (width > 1000) Assert.Equal(height, await page.EvaluateAsync<int>("document.documentElement.scrollHeight"));
        await page.EvaluateAsync(ScrollToEnd);
        await page.WaitForFunctionAsync($"({Scrolled})() > 300");
        var left = await page.EvaluateAsync<double>(Scrolled);

        await page.Locator("a.row-link").Last.EvaluateAsync("link => link.click()");
        await Expect(page.GetByText("Live now").First).ToBeVisibleAsync();
        Assert.Equal(0, await page.EvaluateAsync<double>(Scrolled));

        await page.GoBackAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Licenses", Level = 1 })).ToBeVisibleAsync();
        await page.WaitForFunctionAsync($"left => Math.abs(({Scrolled})() - left) < 2", left);
    }
}
