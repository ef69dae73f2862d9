using System.ComponentModel.DataAnnotations;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Api.Admin;

// What administrators' scripts ask for what there is and what happened. What is null does not matter.

/// <summary>Of what takes no parameters.</summary>
internal sealed record NoParameters;

/// <param name="LicenseId">Of this license.</param>
/// <param name="Customer">The beginning of the e-mail address; behind a = all of it.</param>
/// <param name="Device">The beginning of the fingerprint, or of the device's name in either case; behind a = all of it.</param>
/// <param name="Limit">At most so many; 1 to 1000, 100 by default.</param>
/// <param name="After">The next of a page: goes on behind it.</param>
internal sealed record OnlineQuery(long? LicenseId, TextMatch? Customer, TextMatch? Device, [property: Range(1, Paged.MostItems)] int? Limit, string? After);

/// <param name="From">Started then or later.</param>
/// <param name="To">Started before.</param>
/// <param name="LicenseId">Of this license.</param>
/// <param name="Customer">The beginning of the e-mail address; behind a = all of it.</param>
/// <param name="Device">The beginning of the fingerprint; behind a = all of it.</param>
/// <param name="Address">The beginning of the address; behind a = all of it.</param>
/// <param name="End">How it ended.</param>
/// <param name="Live">Only those that have not ended.</param>
internal sealed record HistoryQuery(
    DateTime? From, DateTime? To, long? LicenseId, TextMatch? Customer, TextMatch? Device, TextMatch? Address, EndReason? End, bool Live) : Paged;

/// <param name="From">Happened then or later.</param>
/// <param name="To">Happened before.</param>
/// <param name="LicenseId">Of this license.</param>
/// <param name="SessionId">Of this session.</param>
/// <param name="Customer">The beginning of the e-mail address; behind a = all of it.</param>
/// <param name="Device">The beginning of the fingerprint; behind a = all of it.</param>
/// <param name="Address">The beginning of the address; behind a = all of it.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="Code">The reason of a refusal, an end or a change: session_conflict, timed_out, seats_changed, …</param>
internal sealed record EventsQuery(
    DateTime? From, DateTime? To, long? LicenseId, Guid? SessionId, TextMatch? Customer, TextMatch? Device, TextMatch? Address, EventKind? Kind, string? Code) : Paged;

/// <param name="From">Done then or later.</param>
/// <param name="To">Done before.</param>
/// <param name="Actor">The beginning of who did it; behind a = all of it.</param>
/// <param name="Action">The beginning of what was done: license. finds all about licenses.</param>
/// <param name="TargetKind">license, session, settings, customer, account, …</param>
/// <param name="Target">The beginning of what it was done to; behind a = all of it.</param>
internal sealed record AuditQuery(DateTime? From, DateTime? To, TextMatch? Actor, TextMatch? Action, string? TargetKind, TextMatch? Target) : Paged;

/// <param name="From">Steps count from here; a day before to by default.</param>
/// <param name="To">Not included; now by default. At most 400 days behind from.</param>
/// <param name="StepMinutes">1 to 1440, 5 by default; at most 10,000 steps.</param>
internal sealed record ConcurrencyQuery(DateTime? From, DateTime? To, [property: Range(1, 1440)] int? StepMinutes);
