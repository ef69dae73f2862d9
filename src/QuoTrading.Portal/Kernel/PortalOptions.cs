namespace QuoTrading.Portal.Kernel;

/// <summary>Settings of the installation: the section <c>Portal</c> of appsettings.json, or <c>Portal__…</c> in the environment.</summary>
internal sealed class PortalOptions : ISettings
{
    public const string Section = "Portal";

    /// <summary>
    /// Where the database (unless <c>ConnectionStrings:Portal</c> says otherwise), the lock file, the key ring and backups lie.
    /// A relative path counts from the folder of appsettings.json.
    /// </summary>
    public string DataDirectory { get; set; } = "data";

    /// <summary>
    /// Addresses or networks (<c>10.0.0.0/8</c>) of reverse proxies whose X-Forwarded-For and -Proto are believed: a list, or one text with
    /// commas, semicolons or blanks between them.
    /// </summary>
    public string[] KnownProxies { get; set; } = [];

    /// <summary>Allows session timeouts from 5 s, for tests and demonstrations. Bots in the field beat every 20 to 30 s.</summary>
    public bool AllowShortTimeouts { get; set; }

    /// <inheritdoc/>
    public IEnumerable<string> Check() =>
        string.IsNullOrWhiteSpace(DataDirectory) ? [$"{Section}:{nameof(DataDirectory)} is empty. Leave it out for \"data\", or name a folder."] : [];

    /// <summary>What <see cref="KnownProxies"/> is: what appsettings.json lists and the environment names counts together, since they may come from two sources.</summary>
    internal static string[] ReadProxies(IConfiguration configuration)
    {
        var proxies = configuration.GetSection($"{Section}:{nameof(KnownProxies)}");
        return [.. proxies.GetChildren().Select(entry => entry.Value).Prepend(proxies.Value).SelectMany(Split).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Tells of numbers of a section below this one that are less than what means anything.</summary>
    internal static IEnumerable<string> CheckLeast(string section, params IEnumerable<(string Name, long Value, int Least)> options) =>
        options.Where(option => option.Value < option.Least).Select(option => $"{Section}:{section}:{option.Name} is {option.Value}, but must be at least {option.Least}.");

    private static string[] Split(string? text) => (text ?? "").Split([',', ';', ' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
}
