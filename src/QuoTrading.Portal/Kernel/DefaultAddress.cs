namespace QuoTrading.Portal.Kernel;

/// <summary>The address to listen on if none is configured: on this computer only.</summary>
internal static class DefaultAddress
{
    private const string Url = "http://localhost:5080";

    private static readonly string[] Keys = ["urls", "http_ports", "https_ports"];

    // Not set in appsettings.json, because there it would override ASPNETCORE_URLS and ASPNETCORE_HTTP_PORTS.
    public static WebApplicationBuilder UseDefaultAddress(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var isSaid = Array.Exists(Keys, key => !string.IsNullOrEmpty(configuration[key])) || configuration.GetSection("Kestrel:Endpoints").Exists();
        if (!isSaid) builder.WebHost.UseUrls(Url);
        return builder;
    }

    /// <summary>The URL of a server with this configuration, for clients on the same computer. Ignores <c>Kestrel:Endpoints</c>.</summary>
    public static string ToAsk(IConfiguration configuration)
    {
        // The first address is enough. "+", "*", 0.0.0.0 and [::] are addresses to listen on, not to connect to.
        if (First(configuration["urls"]) is { } url)
            return url.Replace("//+", "//localhost", StringComparison.Ordinal).Replace("//*", "//localhost", StringComparison.Ordinal)
                .Replace("//0.0.0.0", "//localhost", StringComparison.Ordinal).Replace("//[::]", "//localhost", StringComparison.Ordinal);
        return First(configuration["http_ports"]) is { } port ? $"http://localhost:{port}" : Url;
    }

    private static string? First(string? list) =>
        list?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault();
}
