using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Components.Lists;

public sealed partial class LicenseChip
{
    private string text = "";
    private long known;

    /// <summary>Its number.</summary>
    [Parameter, EditorRequired]
    public long License { get; set; }

    /// <summary>The address without it.</summary>
    [Parameter, EditorRequired]
    public required string Remove { get; set; }

    [Inject]
    public required LicenseCatalog Licenses { get; set; }

    [Inject]
    public required ILogger<LicenseChip> Log { get; set; }

    protected override async Task OnParametersSetAsync()
    {
        if (known == License) return;
        known = License;
        text = $"license {License}";
        try
        {
            var (asked, found) = (License, await Licenses.FindAsync(License));
            if (asked == License) text = found is null ? $"license {asked}, which is deleted" : $"license {asked}: {found.CustomerEmail}, {found.KeyMasked}";
        }
        catch (Exception failure)
        {
            // Its number says enough; the list itself tells that the store is away.
            LogFailed(Log, failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whose license a list is filtered by could not be read.")]
    private static partial void LogFailed(ILogger log, Exception failure);
}
