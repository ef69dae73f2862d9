namespace QuoTrading.Portal.Kernel;

/// <summary>Settings of the installation: the section <c>Portal</c> of appsettings.json, or <c>Portal__…</c> in the environment.</summary>
internal sealed class PortalOptions : ISettings
{
    public const string Section = "Portal";

    /// <summary>
    /// The folder of the database (unless <c>ConnectionStrings:Portal</c> sets another one), the lock file, the key ring and backups.
    /// A relative path starts at the folder of appsettings.json.
    /// </summary>
    public string DataDirectory { get; set; } = "data";

    /// <summary>
    /// Addresses or networks (<c>10.0.0.0/8</c>) of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto headers are trusted:
    /// a list, or one text separated by commas, semicolons or white space.
    /// </summary>
    public string[] KnownProxies { get; set; } = [];

    /// <summary>Allows session timeouts from 5 s, for tests and demonstrations. Bots in use send a heartbeat every 20 to 30 s.</summary>
    public bool AllowShortTimeouts { get; set; }

    /// <inheritdoc/>
    public IEnumerable<string> Check() =>
        string.IsNullOrWhiteSpace(DataDirectory) ? [$"{Section}:{nameof(DataDirectory)} is empty. Leave it out for \"data\", or name a folder."] : [];

    /// <summary>
    /// Reads <see cref="KnownProxies"/>: the list and the text together, since they may come from appsettings.json and the environment.
    /// </summary>
    internal static string[] ReadProxies(IConfiguration configuration)
    {
        var proxies = configuration.GetSection($"{Section}:{nameof(KnownProxies)}");
        return [.. proxies.GetChildren().Select(entry => entry.Value).Prepend(proxies.Value).SelectMany(Split).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Returns a sentence for each number of a section that is below its minimum.</summary>
    internal static IEnumerable<string> CheckLeast(string section, params IEnumerable<(string Name, long Value, int Least)> options) =>
        options.Where(option => option.Value < option.Least).Select(option => $"{Section}:{section}:{option.Name} is {option.Value}, but must be at least {option.Least}.");

    private static string[] Split(string? text) => (text ?? "").Split([',', ';', ' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
}
