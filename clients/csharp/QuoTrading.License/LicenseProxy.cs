using System;
using System.Net;
#if !NET8_0_OR_GREATER
using System.Linq;
#endif

namespace QuoTrading;

/// <summary>Proxies, as the environment or the program names them.</summary>
internal static class LicenseProxy
{
    /// <exception cref="ArgumentException">It cannot be right. The text is not repeated: a password may stand in it.</exception>
    public static WebProxy Parse(string text)
    {
        var whole = text.Contains("://") ? text.Trim() : "http://" + text.Trim();
        if (!Uri.TryCreate(whole, UriKind.Absolute, out var address) || address.Scheme != "http" || address.Host.Length == 0)
            throw new ArgumentException("The proxy must look like http://proxy.example.com:3128.", nameof(text));
        var proxy = new WebProxy(new Uri(address.GetLeftPart(UriPartial.Authority).Replace(address.UserInfo + "@", "")));
        if (address.UserInfo.Length == 0) return proxy;
        var parts = address.UserInfo.Split([':'], 2);
        proxy.Credentials = new NetworkCredential(Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts.Length > 1 ? parts[1] : ""));
        return proxy;
    }

#if !NET8_0_OR_GREATER
    /// <summary>.NET Framework looks at the system's settings alone. Null: the environment names none for that server.</summary>
    public static WebProxy? OfEnvironment(string server)
    {
        var address = new Uri(server);
        var named = Read(address.Scheme + "_proxy") ?? Read("all_proxy");
        if (named is null || IsExcluded(address.Host, Read("no_proxy") ?? "")) return null;
        try
        {
            return Parse(named);
        }
        catch (ArgumentException)
        {
            return null; // of another kind, which is not ours to judge
        }
    }

    private static string? Read(string name) =>
        new[] { name, name.ToUpperInvariant() }.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => !string.IsNullOrEmpty(value));

    private static bool IsExcluded(string host, string list) => list.Split(',').Select(name => name.Trim().TrimStart('*', '.')).Any(name =>
        name.Length > 0 && (host.Equals(name, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + name, StringComparison.OrdinalIgnoreCase)))
        || list.Trim() == "*";
#endif
}
