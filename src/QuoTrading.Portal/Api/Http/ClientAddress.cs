using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Api.Http;

/// <summary>The address of a request: the address of its socket, or the one that a known proxy reports.</summary>
internal static class ClientAddress
{
    /// <summary>In the format of the audit log: a machine has the same text, whether its socket is IPv4 or IPv4-mapped IPv6.</summary>
    public static string Of(HttpContext http) => http.Connection.RemoteIpAddress.ToText() ?? "unknown";
}
