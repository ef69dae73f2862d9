using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd.Pages;

/// <summary>
/// What all pages have. A page object is only handed out once its page has arrived: its heading is there, and where a circuit
/// draws it, that circuit is live — nothing is prerendered, so what can be seen can be used.
/// </summary>
public abstract class PortalPage(IPage page)
{
    public IPage Browser { get; } = page;

    protected ILocator Heading(string text) => Browser.GetByRole(AriaRole.Heading, new() { Name = text, Exact = true, Level = 1 });

    /// <summary>What the page says; banners about the portal itself are no part of it.</summary>
    public ILocator Alert => Browser.Locator("main .notice[role=alert]");

    public ILocator Notice => Browser.Locator(".rz-notification-item");

    protected async Task<T> ArriveAsync<T>(T self, string heading) where T : PortalPage
    {
        await Expect(Heading(heading)).ToBeVisibleAsync();
        return self;
    }

    /// <summary>By the menu, as people do.</summary>
    public async Task<SettingsPage> GoToSettingsAsync()
    {
        await Menu("Settings").ClickAsync();
        return await SettingsPage.ArriveAsync(Browser);
    }

    public async Task<OnlinePage> GoToOnlineAsync()
    {
        await Menu("Online").ClickAsync();
        return await OnlinePage.ArriveAsync(Browser);
    }

    public async Task<PeoplePage> GoToPeopleAsync()
    {
        await Menu("People").ClickAsync();
        return await PeoplePage.ArriveAsync(Browser);
    }

    public async Task<SystemPage> GoToSystemAsync()
    {
        await Menu("System").ClickAsync();
        return await SystemPage.ArriveAsync(Browser);
    }

    public async Task<AccountPage> GoToAccountAsync()
    {
        await Menu("Account").ClickAsync();
        return await AccountPage.ArriveAsync(Browser);
    }

    public async Task<SignInPage> SignOutAsync()
    {
        await Browser.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        return await SignInPage.ArriveAsync(Browser);
    }

    private ILocator Menu(string name) => Browser.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = name });
}
