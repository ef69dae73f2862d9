using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd.Pages;

public sealed class LogOutDialog(ILocator dialog)
{
    public ILocator Self => dialog;

    public ILocator Reason => dialog.GetByRole(AriaRole.Textbox);

    public ILocator Confirm => dialog.Locator("[data-confirm]");

    public ILocator Anyway => dialog.GetByRole(AriaRole.Checkbox, new() { Name = "Log out all the same" });

    public ILocator KeepsOut => dialog.GetByRole(AriaRole.Checkbox, new() { Name = "Keep this device out" });

    public ILocator KeepsOutAll => dialog.GetByRole(AriaRole.Checkbox, new() { Name = "Keep these devices out" });

    public static async Task<LogOutDialog> ArriveAsync(IPage page)
    {
        var dialog = page.Locator("dialog.log-out[open]");
        await Expect(dialog).ToBeVisibleAsync();
        return new LogOutDialog(dialog);
    }

    /// <summary>Confirms and waits until it is closed.</summary>
    public async Task LogOutAsync(string reason)
    {
        await Reason.FillAsync(reason);
        await Confirm.ClickAsync();
        await Expect(dialog).ToBeHiddenAsync();
    }
}
