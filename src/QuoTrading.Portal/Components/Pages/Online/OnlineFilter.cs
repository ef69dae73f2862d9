using QuoTrading.Portal.Sessions.Online;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>The filters beside the search.</summary>
/// <param name="Status"><c>idle</c> for clients that report it, <c>online</c> for all others; null for both.</param>
/// <param name="OnlyOpen">Only sessions with an open position.</param>
/// <param name="LicenseId">Only sessions of this license.</param>
public sealed record OnlineFilter(string? Status = null, bool OnlyOpen = false, long? LicenseId = null)
{
    public static OnlineFilter None { get; } = new();

    public bool Finds(OnlineRow row) =>
        (Status is null || (row.Status == "idle") == (Status == "idle"))
        && (!OnlyOpen || row.HasOpenPosition)
        && (LicenseId is null || row.LicenseId == LicenseId);
}
