using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;
using QuoTrading.Portal.Bench.Faults;

namespace QuoTrading.Portal.Bench.Speed;

/// <summary>
/// The Online page in pages of a real browser, one circuit each. Where its own speed is not the question, the browser runs at the lowest priority, so that on a machine with
/// few cores the server gets what it asks for; SCHED_IDLE, for its processes take themselves a better niceness where they may. And
/// nothing moves on its pages: without a graphics card each moving bar costs processor time sixty times a second.
/// </summary>
internal sealed class Dashboards : IAsyncDisposable
{
    private const string Email = "bench@example.com";
    private const string Password = "correct horse battery";

    // When a row came into the page, by its session; milliseconds of the wall clock, as soon as the browser draws it.
    private const string Watch = """
        window.seen = {};
        new MutationObserver(() => {
          const at = performance.timeOrigin + performance.now();
          for (const row of document.querySelectorAll('tr[data-session]')) {
            const id = row.dataset.session;
            if (!(id in window.seen)) { window.seen[id] = at; requestAnimationFrame(() => window.seen[id] = performance.timeOrigin + performance.now()); }
          }
        }).observe(document, { childList: true, subtree: true });
        """;

    private readonly PortalSide portal;
    private readonly IPlaywright driver;
    private readonly IBrowser browser;
    private readonly List<IPage> pages = [];

    private Dashboards(PortalSide portal, IPlaywright driver, IBrowser browser) => (this.portal, this.driver, this.browser) = (portal, driver, browser);

    /// <summary>Makes the administrator that all pages sign in as.</summary>
    public static Task CreatePersonAsync(PortalSide portal) => portal.Portal.RunWithAsync(Password, "admin", "create", "--email", Email);

    /// <summary>Opens a browser with so many pages, signed in, none of them on the portal yet.</summary>
    /// <param name="isIdle">It gets what the others leave; otherwise it is as quick as it can be.</param>
    public static async Task<Dashboards> StartAsync(PortalSide portal, int count, bool isIdle)
    {
        Tools.Need("chromium");
        Tools.Need("ss");
        Tools.Need("chrt");
        // The driver's own arguments come first: they must not be nice's. With the data, so that it goes with them.
        var starter = Path.Combine(portal.Portal.Folder, isIdle ? "idle-chromium.sh" : "chromium.sh");
        await File.WriteAllTextAsync(starter, $"#!/bin/sh\nexec {(isIdle ? "nice -n 19 chrt --idle 0 " : "")}chromium \"$@\"\n");
        if (await Tools.TryAsync("chmod", "u+x", starter) is { } failure) throw new InvalidOperationException(failure);
        var created = await Playwright.CreateAsync();
        var started = await created.Chromium.LaunchAsync(new() { ExecutablePath = starter, Timeout = 120_000, Args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"] });
        var all = new Dashboards(portal, created, started);
        try
        {
            var context = await started.NewContextAsync(new() { BaseURL = portal.Address.ToString(), ViewportSize = new() { Width = 1280, Height = 800 }, ReducedMotion = ReducedMotion.Reduce });
            context.SetDefaultTimeout(120_000);
            await context.AddInitScriptAsync(Watch);
            for (var i = 0; i < count; i++) all.pages.Add(await context.NewPageAsync());
            await all.pages[0].GotoAsync("/sign-in");
            await all.pages[0].GetByLabel("E-mail address").FillAsync(Email);
            await all.pages[0].GetByLabel("Password").FillAsync(Password);
            await all.pages[0].GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
            await all.pages[0].WaitForURLAsync(url => !url.Contains("sign-in", StringComparison.Ordinal));
            await all.CloseAsync();
            return all;
        }
        catch
        {
            await all.DisposeAsync();
            throw;
        }
    }

    /// <summary>Every page shows the Online page, with rows.</summary>
    public async Task OpenAsync()
    {
        foreach (var page in pages)
        {
            await page.GotoAsync("/online");
            await page.Locator("tr[data-session]").First.WaitForAsync();
        }
    }

    /// <summary>Every page leaves the portal.</summary>
    public async Task CloseAsync()
    {
        foreach (var page in pages) await page.GotoAsync("about:blank");
    }

    /// <summary>When this session's row was drawn on the first page; null as long as it was not.</summary>
    public async Task<DateTime?> SeenAsync(Guid session)
    {
        var at = await pages[0].EvaluateAsync<double?>($"window.seen['{session}'] ?? null");
        return at is { } milliseconds ? DateTime.UnixEpoch.AddMilliseconds(milliseconds) : null;
    }

    /// <summary>The bytes that the browser got from the portal so far, on the connections that are open now; as they are on the wire.</summary>
    public async Task<long> ReceivedAsync()
    {
        using var ss = Process.Start(new ProcessStartInfo("ss", ["-tinpHO", $"dport = :{portal.Address.Port}"]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var said = await ss.StandardOutput.ReadToEndAsync();
        await ss.WaitForExitAsync();
        return said.Split('\n').Where(line => line.Contains("chrom", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ')).Where(word => word.StartsWith("bytes_received:", StringComparison.Ordinal))
            .Sum(word => long.Parse(word["bytes_received:".Length..], CultureInfo.InvariantCulture));
    }

    /// <summary>Seconds of processor time that the browser has had so far, all its processes.</summary>
    public static double ProcessorSeconds()
    {
        var sum = 0.0;
        foreach (var one in Process.GetProcessesByName("chromium"))
            using (one)
                if (IsOurs(one.Id)) sum += one.TotalProcessorTime.TotalSeconds;
        return sum;
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        driver.Dispose();
    }

    // Its processes descend from this one.
    private static bool IsOurs(int id)
    {
        while (id > 1)
        {
            if (id == Environment.ProcessId) return true;
            var stat = $"/proc/{id}/stat";
            if (!File.Exists(stat)) return false;
            var text = File.ReadAllText(stat);
            id = int.Parse(text[(text.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }

        return false;
    }
}
