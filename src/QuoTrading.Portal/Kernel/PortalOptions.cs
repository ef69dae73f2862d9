namespace QuoTrading.Portal.Kernel;

/// <summary>Settings of the installation: the section <c>Portal</c> of appsettings.json, or <c>Portal__…</c> in the environment.</summary>
internal sealed class PortalOptions
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

    public static PortalOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var options = section.Get<PortalOptions>() ?? new();
        var proxies = section.GetSection(nameof(KnownProxies));
        // What appsettings.json lists and the environment names counts together: they may come from two sources.
        options.KnownProxies = [.. proxies.GetChildren().Select(entry => entry.Value).Prepend(proxies.Value).SelectMany(Split).Distinct(StringComparer.Ordinal)];
        return options;
    }

    private static string[] Split(string? text) => (text ?? "").Split([',', ';', ' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);

    /// <summary>For numbers of a section below this one that mean nothing below 1.</summary>
    /// <exception cref="StartException">Some are; it names each.</exception>
    internal static void RequireAtLeastOne(string section, params (string Name, int Value)[] options) =>
        RequireAtLeast(section, [.. options.Select(option => (option.Name, option.Value, 1))]);

    /// <summary>The same for numbers that mean nothing below another one.</summary>
    /// <inheritdoc cref="RequireAtLeastOne"/>
    internal static void RequireAtLeast(string section, params (string Name, int Value, int Least)[] options)
    {
        var wrong = options.Where(option => option.Value < option.Least).Select(option => $"{Section}:{section}:{option.Name} is {option.Value}, but must be at least {option.Least}.").ToList();
        if (wrong.Count > 0) throw new StartException(string.Join(Environment.NewLine, wrong));
    }
}
