using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Api.Http;

/// <summary>
/// Notices a proxy that <c>Portal:KnownProxies</c> does not name. The headers in which it names its clients are not trusted, so all
/// customers behind it appear as one address. They may share seats, and if one of them guesses keys, the first login of all is refused.
/// </summary>
internal sealed partial class UnknownProxies
{
    private const string Original = "X-Original-For";

    private static readonly TimeSpan Told = TimeSpan.FromHours(1);
    private static readonly TimeSpan LogPace = TimeSpan.FromMinutes(1);

    private readonly Lock noting = new();
    private readonly ForwardedHeadersOptions known;
    private readonly TimeProvider time;
    private readonly ILogger<UnknownProxies> log;
    private readonly Counter<long> requests;
    private (string Address, long At)? last;
    private long? logged;

    public UnknownProxies(IOptions<ForwardedHeadersOptions> forwarded, IMeterFactory meters, TimeProvider time, ILogger<UnknownProxies> log)
    {
        (known, this.time, this.log) = (forwarded.Value, time, log);
        requests = PortalMeter.Of(meters).CreateCounter<long>(
            "portal.proxy.unknown", "{request}", "Requests that say whom they speak for and come from no proxy that Portal:KnownProxies names.");
    }

    /// <summary>The address of the unknown proxy that was seen last; null if none was seen in the last hour.</summary>
    public string? Address
    {
        get
        {
            lock (noting) return last is { } seen && time.GetElapsedTime(seen.At) < Told ? seen.Address : null;
        }
    }

    /// <summary>Must run after the forwarded headers middleware, which adds X-Original-For to the requests of known proxies.</summary>
    internal Task LookAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Request.Headers;
        if ((headers.ContainsKey("X-Forwarded-For") || headers.ContainsKey("Forwarded")) && !headers.ContainsKey(Original)) Note(context.Connection.RemoteIpAddress);
        return next(context);
    }

    private void Note(IPAddress? from)
    {
        if (from is null || IsKnown(from)) return;
        requests.Add(1);
        var address = (from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from).ToString();
        lock (noting)
        {
            last = (address, time.GetTimestamp());
            if (logged is { } at && time.GetElapsedTime(at) < LogPace) return;
            logged = time.GetTimestamp();
        }

        LogUnknown();
    }

    // A known proxy can get here: if its header cannot be parsed, the middleware does not add X-Original-For.
    private bool IsKnown(IPAddress from)
    {
        var plain = from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from;
        return known.KnownProxies.Contains(from) || known.KnownProxies.Contains(plain) || known.KnownIPNetworks.Any(network => network.Contains(from) || network.Contains(plain));
    }

    // Without the address: the System page shows it to those who may see it.
    [LoggerMessage(Level = LogLevel.Warning, Message =
        "Requests come through a proxy that Portal:KnownProxies does not name: all customers behind it look like one address. Name it there and restart; the System page shows its address.")]
    private partial void LogUnknown();
}

/// <summary>Degraded while <see cref="UnknownProxies"/> reports an unknown proxy.</summary>
internal sealed class UnknownProxyCheck(UnknownProxies proxies) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        proxies.Address is { } address ? HealthCheckResult.Degraded(Text(address)) : HealthCheckResult.Healthy());

    private static string Text(string address) =>
        $"Requests come through a proxy at {address} that the portal does not know. Until it does, all customers behind it look like one address: they may share seats, and get in each other's way. "
        + $"Name it in Portal:KnownProxies (Portal__KnownProxies={address} in the environment) and restart. If {address} is no proxy of yours, ignore this: whoever asks from there says that he speaks for others, and is not believed.";
}
