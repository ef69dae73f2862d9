using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd.Pages;

public sealed class PeoplePage(IPage page) : PortalPage(page)
{
    public static async Task<PeoplePage> ArriveAsync(IPage page)
    {
        var people = await new PeoplePage(page).ArriveAsync(new PeoplePage(page), "People");
        await Expect(page.Locator("tr[data-person]").First).ToBeVisibleAsync();
        return people;
    }

    public ILocator Row(string email) => Browser.Locator($"tr[data-person='{email}']");

    private ILocator Dialog => Browser.Locator("dialog[open]");

    /// <returns>The whole link.</returns>
    public async Task<string> InviteAsync(string email, string role)
    {
        await Browser.GetByRole(AriaRole.Button, new() { Name = "Invite somebody" }).ClickAsync();
        await Dialog.GetByLabel("E-mail address").FillAsync(email);
        await Dialog.GetByLabel("Role").SelectOptionAsync(role);
        await Dialog.GetByRole(AriaRole.Button, new() { Name = "Make the link" }).ClickAsync();
        var link = await Dialog.Locator("[data-link]").InnerTextAsync();
        await Dialog.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        return link;
    }

    public async Task<string> MakeTokenAsync(string name)
    {
        await Browser.GetByRole(AriaRole.Button, new() { Name = "New token" }).ClickAsync();
        await Dialog.GetByLabel("What it is for").FillAsync(name);
        await Dialog.GetByRole(AriaRole.Button, new() { Name = "Make the token" }).ClickAsync();
        var token = await Dialog.Locator("[data-token]").InnerTextAsync();
        await Dialog.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        return token;
    }

    public async Task DoAsync(string email, string action, string confirmation)
    {
        await Row(email).GetByRole(AriaRole.Button, new() { Name = action }).ClickAsync();
        await Dialog.GetByRole(AriaRole.Button, new() { Name = confirmation }).ClickAsync();
        await Expect(Dialog).ToHaveCountAsync(0);
    }
}
