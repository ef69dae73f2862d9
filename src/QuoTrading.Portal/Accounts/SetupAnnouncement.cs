using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace QuoTrading.Portal.Accounts;

/// <summary>
/// While there is no administrator, prints the link to create the first one, once the server listens and its addresses are known.
/// </summary>
internal sealed partial class SetupAnnouncement(
    IServer server, IServiceScopeFactory scopes, SetupCode code, IHostApplicationLifetime lifetime, ILogger<SetupAnnouncement> log) : IHostedService
{
    private readonly TextWriter console = Console.Out;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        if (await scope.ServiceProvider.GetRequiredService<People>().AnyAdministratorAsync(cancellationToken)) return;
        lifetime.ApplicationStarted.Register(Print);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A link that a browser on this machine can open, unlike <c>http://[::]:5080</c> or <c>http://0.0.0.0:5080</c>.</summary>
    internal static string Link(string? listening, string code)
    {
        if (listening is null || !Uri.TryCreate(listening.Replace("//+", "//localhost", StringComparison.Ordinal).Replace("//*", "//localhost", StringComparison.Ordinal),
                UriKind.Absolute, out var uri)) return $"/setup?code={code}";
        var host = uri.Host is "[::]" or "0.0.0.0" or "127.0.0.1" or "[::1]" ? "localhost" : uri.Host;
        return new UriBuilder(uri.Scheme, host, uri.Port, "/setup") { Query = "code=" + code }.Uri.ToString();
    }

    private void Print()
    {
        var listening = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault();
        LogWaiting();
        console.WriteLine($"""

            ------------------------------------------------------------------------
              The portal has no administrator yet. Open this link to make one:

              {Link(listening, code.Text)}

              It works once, and until the portal is restarted.
            ------------------------------------------------------------------------

            """);
        console.Flush();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "There is no administrator yet; the link for set-up is on the console")]
    private partial void LogWaiting();
}
