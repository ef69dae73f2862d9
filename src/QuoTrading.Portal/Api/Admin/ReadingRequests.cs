using System.ComponentModel.DataAnnotations;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Api.Admin;

// The queries of the endpoints that read. Null means any. The OpenAPI document has these comments.

/// <summary>The query of an endpoint without parameters.</summary>
internal sealed record NoParameters;

/// <param name="LicenseId">Of this license.</param>
/// <param name="Customer">The beginning of the e-mail address; after a = the whole text.</param>
/// <param name="Device">The beginning of the fingerprint, or of the device's name in either case; after a = the whole text.</param>
/// <param name="Limit">The most items on the page: 1 to 1000; 100 by default.</param>
/// <param name="After">The value next of a page: returns the page after it.</param>
internal sealed record OnlineQuery(long? LicenseId, TextMatch? Customer, TextMatch? Device, [property: Range(1, Paged.MostItems)] int? Limit, string? After);

/// <param name="From">Started then or later.</param>
/// <param name="To">Started before.</param>
/// <param name="LicenseId">Of this license.</param>
/// <param name="Customer">The beginning of the e-mail address; after a = the whole text.</param>
/// <param name="Device">The beginning of the fingerprint; after a = the whole text.</param>
/// <param name="Address">The beginning of the address; after a = the whole text.</param>
/// <param name="End">How it ended.</param>
/// <param name="Live">Only those that have not ended.</param>
internal sealed record HistoryQuery(
    DateTime? From, DateTime? To, long? LicenseId, TextMatch? Customer, TextMatch? Device, TextMatch? Address, EndReason? End, bool Live) : Paged;

/// <param name="From">Happened then or later.</param>
/// <param name="To">Happened before.</param>
/// <param name="LicenseId">Of this license.</param>
/// <param name="SessionId">Of this session.</param>
/// <param name="Customer">The beginning of the e-mail address; after a = the whole text.</param>
/// <param name="Device">The beginning of the fingerprint; after a = the whole text.</param>
/// <param name="Address">The beginning of the address; after a = the whole text.</param>
/// <param name="Kind">The kind of event.</param>
/// <param name="Code">The reason of a refusal, an end or a change: session_conflict, timed_out, seats_changed, …</param>
internal sealed record EventsQuery(
    DateTime? From, DateTime? To, long? LicenseId, Guid? SessionId, TextMatch? Customer, TextMatch? Device, TextMatch? Address, EventKind? Kind, string? Code) : Paged;

/// <param name="From">Done then or later.</param>
/// <param name="To">Done before.</param>
/// <param name="Actor">The beginning of the actor's name; after a = the whole text.</param>
/// <param name="Action">The beginning of the action; "license." finds all actions on licenses.</param>
/// <param name="TargetKind">license, session, settings, customer, account, …</param>
/// <param name="Target">The beginning of the target; after a = the whole text.</param>
internal sealed record AuditQuery(DateTime? From, DateTime? To, TextMatch? Actor, TextMatch? Action, string? TargetKind, TextMatch? Target) : Paged;

/// <param name="From">The first step begins here; by default a day before to.</param>
/// <param name="To">Not included; by default now. At most 400 days after from.</param>
/// <param name="StepMinutes">1 to 1440; 5 by default. At most 10,000 steps.</param>
internal sealed record ConcurrencyQuery(DateTime? From, DateTime? To, [property: Range(1, 1440)] int? StepMinutes);
