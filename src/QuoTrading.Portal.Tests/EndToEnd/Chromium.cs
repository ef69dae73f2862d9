using Microsoft.Playwright;
using Xunit;

namespace QuoTrading.Portal.Tests.EndToEnd;

/// <summary>
/// The browser, one for the tests that look at every page and one for all others that drive it. Those of one browser run one after
/// the other, beside the other tests.
/// </summary>
[CollectionDefinition(Collection)]
public sealed class Chromium : ICollectionFixture<Chromium>, IAsyncLifetime
{
    public const string Collection = "Browser";

    /// <summary>A browser of its own: every page in every shape takes as long as all other tests of the browser.</summary>
    public const string EveryPage = "Browser, every page";

    private static readonly string[] Arguments =
        ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private IPlaywright? playwright;

    public IBrowser? Browser { get; private set; }

    /// <summary>Why a test that needs the browser is skipped.</summary>
    public static string WhyNot => "There is no chromium on the PATH. Install it to run this test; PORTAL_REQUIRE_BROWSER=1 makes it fail instead.";

    public static bool IsRequired => Environment.GetEnvironmentVariable("PORTAL_REQUIRE_BROWSER") == "1";

    public async ValueTask InitializeAsync()
    {
        if (Find() is not { } program) return;
        // Beside a build that takes all there is, a page may be slow; a test that passes never waits that long.
        Assertions.SetDefaultExpectTimeout(20_000);
        playwright = await Playwright.CreateAsync();
        Browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = Arguments });
    }

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null) await Browser.DisposeAsync();
        playwright?.Dispose();
    }

    private static string? Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, "chromium")).FirstOrDefault(File.Exists);
}

[CollectionDefinition(Chromium.EveryPage)]
public sealed class SecondChromium : ICollectionFixture<Chromium>;
