using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.History;

/// <summary>Which sessions to find; null means any.</summary>
/// <param name="From">UTC: started then or later.</param>
/// <param name="To">UTC: started before.</param>
/// <param name="Customer">The customer's e-mail address.</param>
/// <param name="Device">The fingerprint.</param>
/// <param name="End">How it ended.</param>
/// <param name="IsLive">True for sessions that have not ended.</param>
/// <param name="Words">Words that find licenses, as <see cref="Licensing.LicenseFilter.Search"/> does.</param>
/// <param name="Named">The device's name, or its fingerprint.</param>
public sealed record SessionFilter(
    DateTime? From = null,
    DateTime? To = null,
    long? LicenseId = null,
    TextMatch? Customer = null,
    TextMatch? Device = null,
    TextMatch? Address = null,
    EndReason? End = null,
    bool IsLive = false,
    string? Words = null,
    TextMatch? Named = null);

/// <summary>Which events to find; null means any.</summary>
/// <param name="From">UTC: happened then or later.</param>
/// <param name="To">UTC: happened before.</param>
/// <param name="Customer">The customer's e-mail address.</param>
/// <param name="Device">The fingerprint.</param>
/// <param name="Code">The reason of a refusal or end, as <see cref="WireNames"/> writes it; only with <paramref name="Kind"/>.</param>
/// <param name="Words">Words that find licenses, as <see cref="Licensing.LicenseFilter.Search"/> does.</param>
/// <param name="Named">The device's name, or its fingerprint.</param>
public sealed record EventFilter(
    DateTime? From = null,
    DateTime? To = null,
    long? LicenseId = null,
    Guid? SessionId = null,
    TextMatch? Customer = null,
    TextMatch? Device = null,
    TextMatch? Address = null,
    EventKind? Kind = null,
    string? Code = null,
    string? Words = null,
    TextMatch? Named = null);
