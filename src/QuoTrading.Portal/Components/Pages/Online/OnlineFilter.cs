using QuoTrading.Portal.Sessions.Online;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>What is chosen beside the search.</summary>
/// <param name="Status">What clients say of themselves: <c>idle</c>, or <c>online</c> for all that do not say so; null for both.</param>
/// <param name="OnlyOpen">Those alone that have an open position.</param>
/// <param name="LicenseId">Those of one license.</param>
public sealed record OnlineFilter(string? Status = null, bool OnlyOpen = false, long? LicenseId = null)
{
    public static OnlineFilter None { get; } = new();

    public bool Finds(OnlineRow row) =>
        (Status is null || (row.Status == "idle") == (Status == "idle"))
        && (!OnlyOpen || row.HasOpenPosition)
        && (LicenseId is null || row.LicenseId == LicenseId);
}
