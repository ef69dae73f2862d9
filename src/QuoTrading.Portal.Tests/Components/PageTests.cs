using Bunit;
using Bunit.TestDoubles;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Online;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.Support;
using Radzen;

namespace QuoTrading.Portal.Tests.Components;

/// <summary>A page with fakes behind it, and somebody who is signed in.</summary>
public abstract class PageTests : BunitContext
{
    // One second is the default: a busy machine takes that for the first query alone.
    static PageTests() => DefaultWaitTimeout = TimeSpan.FromSeconds(20);

    private protected FakeOnlineMonitor Monitor { get; } = new();

    private protected FakeSessionService Service { get; } = new();

    private protected FakeLicenseService LicenseService { get; } = new();

    private protected IList<NotificationMessage> Notifications => Services.GetRequiredService<NotificationService>().Messages;

    private protected string Address => Services.GetRequiredService<NavigationManager>().Uri;

    /// <summary>What the page wrote into its address, the newest first.</summary>
    private protected IReadOnlyCollection<NavigationHistory> History => Services.GetRequiredService<BunitNavigationManager>().History;

    private protected void SignIn(string role)
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        this.AddAuthorization().SetAuthorized("someone@example.com").SetRoles(role);
        Services.AddSingleton<IOnlineMonitor>(Monitor);
        Services.AddSingleton<ISessionService>(Service);
        Services.AddSingleton<ILicenseService>(LicenseService);
        Services.TryAddSingleton(new EventQueries(new StoreAway()));
        Services.AddSingleton(new SessionSettingsRules(allowShortTimeouts: false));
        Services.AddSingleton<TimeProvider>(new FakeTime());
        Services.AddSingleton<IHttpContextAccessor, HttpContextAccessor>();
        Services.AddScoped<CurrentActor>();
        Services.AddScoped<NotificationService>();
        Services.AddScoped<Notices>();
    }
}
