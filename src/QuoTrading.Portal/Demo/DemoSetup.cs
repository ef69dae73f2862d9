using System.Security.Cryptography;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Storage.Sqlite;

namespace QuoTrading.Portal.Demo;

/// <summary>
/// <c>--demo</c>: the portal as it looks in use, on a temporary database with invented customers and a month of history, and with
/// simulated launchers and bots that send HTTP requests to it. Its files are deleted when the process stops.
/// </summary>
internal static class DemoSetup
{
    public const string Switch = "--demo";

    /// <returns>Whether a demo is wanted, and the other arguments.</returns>
    public static (bool IsDemo, string[] Arguments) Read(string[] arguments) =>
        (arguments.Contains(Switch, StringComparer.Ordinal), [.. arguments.Where(argument => argument != Switch)]);

    /// <summary>Sets a temporary data directory, and allows short timeouts to show crashes soon. Overrides other configuration.</summary>
    public static WebApplicationBuilder UseDemo(this WebApplicationBuilder builder, bool isDemo)
    {
        if (!isDemo) return builder;
        var folder = Directory.CreateTempSubdirectory("quotrading-demo-").FullName;
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Portal:DataDirectory"] = folder,
            ["ConnectionStrings:Portal"] = null,
            ["Portal:AllowShortTimeouts"] = "true",
            // The simulated clients run on this machine, and send their addresses in X-Forwarded-For.
            ["Portal:KnownProxies:0"] = "127.0.0.1",
            ["Logging:LogLevel:Default"] = "Warning",
        });
        builder.Services.AddSingleton(_ => new DemoFolder(folder));
        builder.Services.AddSingleton<DemoData>();
        builder.Services.AddHostedService<DemoFleet>();
        return builder;
    }

    /// <summary>Creates the invented data, one account for each role, and a license for the visitor.</summary>
    public static async Task PrepareDemoAsync(this WebApplication app)
    {
        if (app.Services.GetService<DemoData>() is not { } data) return;
        await data.FillAsync();
        var password = string.Join('-', RandomNumberGenerator.GetItems<string>(["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "hazel", "island", "juniper"], 4));
        await using (var scope = app.Services.CreateAsyncScope())
        {
            var people = scope.ServiceProvider.GetRequiredService<People>();
            foreach (var role in Enum.GetValues<PortalRole>()) await people.CreateAsync(Actor.CommandLine, EmailOf(role), password, role);
        }

        var own = await app.Services.GetRequiredService<LicenseIssuer>().IssueAsync(Actor.CommandLine, new LicenseOrder("you@demo.example", new LicenseTerm.Days(30), "MONTHLY", 1), cancel: app.Lifetime.ApplicationStopping);
        var key = ((IssueOutcome.Issued)own).Licenses.Single().Key;
        app.Lifetime.ApplicationStarted.Register(() => Announce(app, password, key));
        app.Lifetime.ApplicationStopped.Register(app.Services.GetRequiredService<DemoFolder>().Delete);
    }

    private static string EmailOf(PortalRole role) => $"{role.ToString().ToLowerInvariant()}@demo.example";

    private static void Announce(WebApplication app, string password, string key)
    {
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "";
        Console.WriteLine($"""

            ------------------------------------------------------------------------
              A demo: invented customers, a throw-away database, simulated bots.

              Open      {address}
              Sign in   {EmailOf(PortalRole.Administrator)}   (or support@…, viewer@…)
              Password  {password}

              A bot of your own beside them, with the client library (needs Python):
              QUOTRADING_SERVER={address} LICENSE_KEY={key} python3 clients/python/examples/bot.py

              Everything is deleted when you stop it (Ctrl+C).
            ------------------------------------------------------------------------

            """);
        Console.Out.Flush();
    }
}

/// <summary>The folder of the demo's files.</summary>
internal sealed record DemoFolder(string Path) : IDisposable
{
    /// <summary>Deletes the files also when the portal never started, for example because its port is taken.</summary>
    public void Dispose() => Delete();

    public void Delete()
    {
        StorageSetup.CloseIdleConnections();
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }
}
