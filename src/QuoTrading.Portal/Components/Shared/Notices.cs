using Radzen;

namespace QuoTrading.Portal.Components.Shared;

/// <summary>Short messages about what has just happened; one instance for each circuit.</summary>
public sealed class Notices(NotificationService notifications)
{
    private const double Milliseconds = 7000;

    public void Done(string summary, string? detail = null) => Show(NotificationSeverity.Success, summary, detail);

    public void Failed(string summary, string? detail = null) => Show(NotificationSeverity.Error, summary, detail);

    /// <summary>The database cannot be written now. The message says that nothing was changed.</summary>
    public void StoreUnavailable() => Failed("The database cannot be written now", "Nothing was changed. Try again in a moment; if it lasts, look at the server's disk and log.");

    private void Show(NotificationSeverity severity, string summary, string? detail) => notifications.Notify(severity, summary, detail ?? "", Milliseconds);
}
