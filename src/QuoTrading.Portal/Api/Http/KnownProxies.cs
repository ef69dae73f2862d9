using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Api.Http;

/// <summary>Whose X-Forwarded-For and X-Forwarded-Proto are believed. Nobody's, unless <c>Portal:KnownProxies</c> names him.</summary>
internal static class KnownProxies
{
    /// <exception cref="StartException">An entry is neither an address nor a network.</exception>
    public static void Configure(ForwardedHeadersOptions forwarded, IReadOnlyList<string> proxies)
    {
        // With both lists empty the middleware would believe everybody, so then it is told to read nothing.
        forwarded.ForwardedHeaders = proxies.Count == 0 ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        // As many hops as proxies are known: the first unknown address from the right is the client's.
        forwarded.ForwardLimit = null;
        foreach (var proxy in proxies)
        {
            if (IPAddress.TryParse(proxy, out var address)) forwarded.KnownProxies.Add(address);
            else if (System.Net.IPNetwork.TryParse(proxy, out var network)) forwarded.KnownIPNetworks.Add(network);
            else throw new StartException($"Portal:KnownProxies holds \"{proxy}\", which is neither an address (10.0.0.1) nor a network (10.0.0.0/8).");
        }
    }
}
