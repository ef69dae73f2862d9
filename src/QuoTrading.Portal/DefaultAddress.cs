namespace QuoTrading.Portal;

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
}
