using System.Net;
using System.Net.Sockets;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Tests.EndToEnd.Pages;
using QuoTrading.Portal.Tests.Support;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace QuoTrading.Portal.Tests.EndToEnd;

/// <summary>The server goes away under an open page. It is a process of its own here, as only that can be killed.</summary>
public sealed class ConnectionTests(Chromium chromium) : BrowserTest(chromium)
{
    // A browser whose server was killed says so.
    protected override bool MustBeQuiet => false;

    [Fact]
    public async Task A_page_says_that_its_server_is_gone_and_goes_on_by_itself_once_it_is_back()
    {
        var bot = await StartBotAsync();
        var email = await CreatePersonAsync(PortalRole.Support);
        var folder = await Portal.StopAsync();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{FreePort()}" };
        var server = await PortalProcess.StartAsync(folder, environment);
        try
        {
            var page = await OpenBrowserAsync(address: server.Http.BaseAddress);
            await (await SignInPage.OpenAsync(page)).SignInAsync(email, Password);
            var online = await OnlinePage.OpenAsync(page, "?q=ada");
            await Expect(online.Row(bot)).ToBeVisibleAsync();
            await (await online.AskToLogOutAsync(bot)).Reason.FillAsync("He asked for it on the phone");

            await server.KillAsync();
            var banner = page.Locator("#components-reconnect-modal");
            await Expect(banner).ToBeVisibleAsync();
            await Expect(banner).ToContainTextAsync("what you see may be old");
            await Expect(online.Row(bot)).ToBeVisibleAsync();
            // It lies on nothing that somebody reads.
            var (bar, title) = (await banner.BoundingBoxAsync(), await page.Locator("h1").BoundingBoxAsync());
            Assert.True(bar!.Y + bar.Height <= title!.Y, $"the banner ends at {bar.Y + bar.Height}, the title begins at {title.Y}");

            await server.DisposeAsync();
            server = await PortalProcess.StartAsync(folder, environment);
            await Expect(banner).ToBeHiddenAsync();
            await Expect(online.Row(bot)).ToBeVisibleAsync();
            await Expect(online.Search).ToHaveValueAsync("ada");
            var dialog = await online.AskToLogOutAsync(bot);
            await Expect(dialog.Reason).ToHaveValueAsync("He asked for it on the phone");
            await dialog.Confirm.ClickAsync();
            await Expect(dialog.Self).ToBeHiddenAsync();
        }
        finally
        {
            await server.DisposeAsync();
            TestFolder.Delete(folder);
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
