using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Components.Lists;

public sealed partial class LicenseChip
{
    private string text = "";
    private long known;

    /// <summary>The ID of the license.</summary>
    [Parameter, EditorRequired]
    public long License { get; set; }

    /// <summary>The address without the license filter.</summary>
    [Parameter, EditorRequired]
    public required string Remove { get; set; }

    [Inject]
    public required LicenseQueries Licenses { get; set; }

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
            // The ID is enough here; the list itself shows that the store is unavailable.
            LogFailed(Log, failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whose license a list is filtered by could not be read.")]
    private static partial void LogFailed(ILogger log, Exception failure);
}
