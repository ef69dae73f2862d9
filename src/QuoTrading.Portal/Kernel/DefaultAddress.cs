namespace QuoTrading.Portal.Kernel;

/// <summary>Where the portal listens when nobody said: on this machine only.</summary>
internal static class DefaultAddress
{
    private const string Url = "http://localhost:5080";

    private static readonly string[] Keys = ["urls", "http_ports", "https_ports"];

    // Not in appsettings.json: there it would win over ASPNETCORE_URLS and ASPNETCORE_HTTP_PORTS.
    public static WebApplicationBuilder UseDefaultAddress(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var isSaid = Array.Exists(Keys, key => !string.IsNullOrEmpty(configuration[key])) || configuration.GetSection("Kestrel:Endpoints").Exists();
        if (!isSaid) builder.WebHost.UseUrls(Url);
        return builder;
    }

    /// <summary>Where a server with this configuration can be asked from the same machine. <c>Kestrel:Endpoints</c> is not looked at.</summary>
    public static string ToAsk(IConfiguration configuration)
    {
        // The first address will do; "+", "*" and 0.0.0.0 say where to listen, not whom to ask.
        if (First(configuration["urls"]) is { } url)
            return url.Replace("//+", "//localhost", StringComparison.Ordinal).Replace("//*", "//localhost", StringComparison.Ordinal)
                .Replace("//0.0.0.0", "//localhost", StringComparison.Ordinal).Replace("//[::]", "//localhost", StringComparison.Ordinal);
        return First(configuration["http_ports"]) is { } port ? $"http://localhost:{port}" : Url;
    }

    private static string? First(string? list) =>
        list?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault();
}
