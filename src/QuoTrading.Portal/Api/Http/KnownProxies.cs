using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace QuoTrading.Portal.Api.Http;

/// <summary>The proxies whose X-Forwarded-For and X-Forwarded-Proto are trusted: only those in <c>Portal:KnownProxies</c>.</summary>
internal static class KnownProxies
{
    /// <summary>Returns a sentence for each entry that is neither an address nor a network.</summary>
    public static IEnumerable<string> Check(IEnumerable<string> proxies) => proxies
        .Where(proxy => !IPAddress.TryParse(proxy, out _) && !System.Net.IPNetwork.TryParse(proxy, out _))
        .Select(proxy => $"Portal:KnownProxies holds \"{proxy}\", which is neither an address (10.0.0.1) nor a network (10.0.0.0/8).");

    /// <param name="proxies">Entries in which <see cref="Check"/> finds no error.</param>
    public static void Configure(ForwardedHeadersOptions forwarded, IReadOnlyList<string> proxies)
    {
        // With both lists empty the middleware would trust every sender, so without proxies it reads no header.
        forwarded.ForwardedHeaders = proxies.Count == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        // No limit on the number of known proxies in a row: the first unknown address from the right is the client's.
        forwarded.ForwardLimit = null;
        foreach (var proxy in proxies)
        {
            if (IPAddress.TryParse(proxy, out var address)) forwarded.KnownProxies.Add(address);
            else forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
        }
    }
}
