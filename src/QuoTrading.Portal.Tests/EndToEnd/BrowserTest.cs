using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Tests.EndToEnd.Pages;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.EndToEnd;

/// <summary>
/// A test with a portal of its own and people with browsers of their own. What a page complains of on its console fails the
/// test; what a failed test saw is kept under artifacts/.
/// </summary>
[Collection(Chromium.Collection)]
public abstract class BrowserTest(Chromium chromium) : IAsyncLifetime
{
    public const string Password = "correct horse battery";

    private static readonly IReadOnlyDictionary<string, string> Settings = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Portal:AllowShortTimeouts"] = "true",
        ["Portal:KnownProxies:0"] = "127.0.0.1",
    };

    private readonly List<IBrowserContext> contexts = [];
    private readonly List<string> complaints = [];

    protected PortalServer Portal { get; private set; } = null!;

    /// <summary>False where the portal is to go away under an open page: then the browser says so, and is right.</summary>
    protected virtual bool MustBeQuiet => true;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(chromium.Browser is null && !Chromium.IsRequired, Chromium.WhyNot);
        Assert.True(chromium.Browser is not null, Chromium.WhyNot);
        Portal = await StartPortalAsync(Settings);
    }

    protected virtual Task<PortalServer> StartPortalAsync(IReadOnlyDictionary<string, string> settings) => PortalServer.StartAsync(settings, realTime: true);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        var failed = TestContext.Current.TestState?.Result == TestResult.Failed;
        if (failed || (MustBeQuiet && complaints.Count > 0)) await Evidence.SaveAsync(contexts, complaints);
        foreach (var context in contexts) await context.DisposeAsync();
        if (Portal is not null) await Portal.DisposeAsync();
        if (!failed && MustBeQuiet) Assert.Empty(complaints);
    }

    /// <summary>A person at a browser of his own, with nothing open yet.</summary>
    /// <param name="width">Of the window, in CSS pixels.</param>
    protected async Task<IPage> OpenBrowserAsync(int width = 1280, int height = 800, ColorScheme scheme = ColorScheme.Light, Uri? address = null)
    {
        var context = await chromium.Browser!.NewContextAsync(new()
        {
            BaseURL = (address ?? Portal.Address).ToString(),
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
            TimezoneId = "UTC",
        });
        contexts.Add(context);
        context.SetDefaultTimeout(20_000);
        context.Console += (_, message) =>
        {
            // A page that is not there, or not allowed, is a failed load to the browser; tests look at those themselves.
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)) Complain(message.Text);
        };
        context.WebError += (_, error) => Complain(error.Error);
        context.Request += (_, request) =>
        {
            if (request.Url.StartsWith("http", StringComparison.Ordinal) && !new Uri(request.Url).IsLoopback) Complain($"asks another host: {request.Url}");
        };
        return await context.NewPageAsync();
    }

    /// <summary>Makes a person with this role and signs him in, in a browser of his own; then opens Online, where most tests begin.</summary>
    protected async Task<OnlinePage> SignInAsync(PortalRole role = PortalRole.Administrator, int width = 1280, int height = 800, ColorScheme scheme = ColorScheme.Light)
    {
        var email = await CreatePersonAsync(role);
        var page = await OpenBrowserAsync(width, height, scheme);
        await (await SignInPage.OpenAsync(page)).SignInAsync(email, Password);
        return await OnlinePage.OpenAsync(page);
    }

    protected async Task<string> CreatePersonAsync(PortalRole role, string? email = null)
    {
        email ??= $"{role.ToString().ToLowerInvariant()}-{contexts.Count}@example.com";
        await using var scope = Portal.Services.CreateAsyncScope();
        Assert.IsType<PersonCreation.Created>(await scope.ServiceProvider.GetRequiredService<People>().CreateAsync(PortalServer.Admin, email, Password, role));
        return email;
    }

    /// <summary>A customer's machine that has just logged in.</summary>
    protected async Task<OnlineBot> StartBotAsync(string email = "ada@example.com", params (string Name, object? Value)[] more)
    {
        var device = new ClientDevice(Portal, await Portal.CreateKeyAsync(email), Machine.Create().Fingerprint);
        var login = await device.AskAsync("/api/validate-license", more);
        Assert.Equal(200, login.Status);
        return new OnlineBot(device, email, login.Get("session_id")!);
    }

    private void Complain(string what)
    {
        lock (complaints) complaints.Add(what);
    }
}

/// <summary>A bot that holds a session.</summary>
public sealed record OnlineBot(ClientDevice Device, string Email, string SessionId)
{
    public Task<Answered> BeatAsync(params (string Name, object? Value)[] more) => Device.BeatAsync(more);

    /// <summary>Beats with a position in its metadata, as bots do.</summary>
    public Task<Answered> HoldAsync(decimal position, decimal profit, string symbol = "ES") =>
        Device.BeatAsync(("metadata", new { symbol, current_position = position, position_pnl = profit, session_pnl = profit }));
}
