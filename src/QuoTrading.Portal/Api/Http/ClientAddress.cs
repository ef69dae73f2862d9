using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Api.Http;

/// <summary>Where a request came from: the socket's address, or what a known proxy says.</summary>
internal static class ClientAddress
{
    /// <summary>As the audit log writes it, so that one machine does not look like two because one of its sockets speaks IPv6.</summary>
    public static string Of(HttpContext http) => http.Connection.RemoteIpAddress.ToText() ?? "unknown";
}
