using System.Net;

namespace QuoTrading.Portal.Api;

/// <summary>Where a request came from: the socket's address, or what a known proxy says.</summary>
internal static class ClientAddress
{
    public static string Of(HttpContext http) => http.Connection.RemoteIpAddress is { } address ? Text(address) : "unknown";

    // One machine must not look like two because one of its sockets speaks IPv6.
    private static string Text(IPAddress address) => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
}
