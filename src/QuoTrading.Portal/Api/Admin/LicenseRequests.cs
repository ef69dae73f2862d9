using System.ComponentModel.DataAnnotations;
using System.Globalization;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Api.Admin;

// The queries and bodies of the requests about licenses, devices and settings. The OpenAPI document has these comments.

/// <param name="Search">
/// Words in the customer's e-mail address or name, or the visible ends of the key. A whole key finds its license, but access logs then
/// have it: prefer the e-mail address.
/// </param>
/// <param name="State">Status and expiry together, now.</param>
/// <param name="Plan">Exactly this plan.</param>
/// <param name="ExpiresFrom">Expires then or later.</param>
/// <param name="ExpiresTo">Expires before.</param>
/// <param name="CustomerId">Of this customer.</param>
/// <param name="Sort">newest (first), expiry (soonest first), or customer (by e-mail address).</param>
internal sealed record LicensesQuery(
    string? Search, LicenseStanding? State, string? Plan, DateTime? ExpiresFrom, DateTime? ExpiresTo, long? CustomerId, LicenseOrdering? Sort) : Paged;

/// <param name="Email">Of the customer, who is created if new.</param>
/// <param name="CustomerName">For a new customer.</param>
/// <param name="Plan">1 to 40 characters; MONTHLY by default.</param>
/// <param name="Seats">1 to 1000; 1 by default.</param>
/// <param name="Count">How many equal licenses: 1 to 1000; 1 by default.</param>
/// <param name="Note">At most 2000 characters.</param>
/// <param name="Days">Valid for so many days: 1 to 36500. One of days, expires_at and lifetime is needed.</param>
/// <param name="ExpiresAt">Valid until then.</param>
/// <param name="Lifetime">Never expires.</param>
[Body("{\"email\": \"ada@example.com\", \"days\": 30}")]
internal sealed record OrderBody(
    [property: Required] string? Email, string? CustomerName, string? Plan, int? Seats, int? Count, string? Note, int? Days, DateTime? ExpiresAt, bool Lifetime)
{
    /// <summary>The most licenses of one request.</summary>
    private const int MostNew = 1000;

    public static LicenseOrder Read(AdminBody<OrderBody> body)
    {
        var asked = body.Value;
        if (asked.Count > MostNew) body.Refuse("count", $"count must be 1 to {MostNew}; ask several times for more.");
        // The term has no default: a license that was intended for a month must not be valid for ever.
        var isLifetime = asked.Lifetime || (body.Has("expires_at") && asked.ExpiresAt is null);
        if ((asked.Days is not null ? 1 : 0) + (asked.ExpiresAt is not null ? 1 : 0) + (isLifetime ? 1 : 0) != 1)
            body.Refuse("days", "Say how long it is good, in one way: days, expires_at, or lifetime (true).");
        LicenseTerm term = (asked.Days, asked.ExpiresAt) switch
        {
            ({ } count, _) => new LicenseTerm.Days(count),
            (_, { } instant) => new LicenseTerm.Until(instant),
            _ => new LicenseTerm.Lifetime(),
        };
        return new LicenseOrder(asked.Email ?? "", term, asked.Plan ?? LicenseRules.DefaultPlan, asked.Seats ?? 1, asked.Count ?? 1, asked.Note, asked.CustomerName);
    }
}

/// <param name="Reason">Why, for the audit log and the history of the sessions; at most 500 characters.</param>
/// <param name="Version">
/// The version that you read; it may also be sent as If-Match. If the license was changed since then, nothing changes: 409, code
/// outdated, with the license as it is now.
/// </param>
[Body("{\"reason\": \"…\"}", IsOptional = true)]
internal record ChangeBody(string? Reason, int? Version)
{
    /// <summary>The version that the caller read: the field, or the number in <c>If-Match</c>; null for any version.</summary>
    public int? ReadVersion(HttpRequest request, AdminInput body)
    {
        if (request.Headers.IfMatch is not [{ } tag] || tag == "*") return Version;
        if (!int.TryParse(tag.Trim().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var matched)) body.Refuse("version", "If-Match must be a license's version, like \"3\".");
        else if (Version is not null && Version != matched) body.Refuse("version", "If-Match and version name two versions.");
        return matched;
    }
}

/// <param name="Days">1 to 36500.</param>
[Body("{\"reason\": \"…\"}", IsOptional = true)]
internal sealed record ExtendBody([property: Required] int? Days, string? Reason, int? Version) : ChangeBody(Reason, Version);

/// <param name="Seats">1 to 1000.</param>
/// <param name="ExpiresAt">May be in the past; null for never.</param>
/// <param name="Plan">1 to 40 characters.</param>
/// <param name="Note">At most 2000 characters; null removes it.</param>
/// <param name="CopiedDevices">
/// What happens with a fingerprint that is used in two places: report or refuse; null for the setting of all licenses.
/// </param>
[Body("{\"seats\": 2}")]
internal sealed record UpdateBody(
    int? Seats, DateTime? ExpiresAt, string? Plan, string? Note, string? CopiedDevices, string? Reason, int? Version) : ChangeBody(Reason, Version)
{
    /// <summary>A field that is left out stays unchanged.</summary>
    public static LicenseChange.Update Read(AdminBody<UpdateBody> body)
    {
        var asked = body.Value;
        if (body.Has("plan") && asked.Plan is null) body.Refuse("plan", "plan must be text.");
        var setting = (CopiedDevices?)AdminInput.WordOf(typeof(CopiedDevices), asked.CopiedDevices);
        if (asked.CopiedDevices is not null && setting is null) body.Refuse("copied_devices", "copied_devices must be \"report\", \"refuse\", or null for what is set for all.");
        return new LicenseChange.Update(
            asked.Seats is { } seats ? new(seats) : null,
            body.Has("expires_at") ? new(asked.ExpiresAt) : null,
            asked.Plan is { } plan ? new(plan) : null,
            body.Has("note") ? new(asked.Note) : null,
            body.Has("copied_devices") ? new(setting) : null);
    }
}

/// <param name="Action">The action.</param>
/// <param name="Days">For extend.</param>
/// <param name="Reason">Why, for the audit log and the history of the sessions; at most 500 characters.</param>
/// <param name="Ids">The ids of the licenses. Either these or a filter.</param>
[Body("{\"action\": \"suspend\", \"ids\": [1, 2]}", MostBytes = 256 * 1024)]
internal sealed record BulkBody(
    [property: Required, AllowedValues("suspend", "reactivate", "cancel", "extend", "delete")] string? Action, int? Days, string? Reason, IReadOnlyList<long>? Ids, BulkFilter? Filter);

/// <summary>search, state, plan, expires_from, expires_to, as in the list of licenses; at least one.</summary>
internal sealed record BulkFilter(
    string? Search, [property: AllowedValues("active", "expired", "suspended", "cancelled")] string? State, string? Plan, DateTime? ExpiresFrom, DateTime? ExpiresTo);

/// <param name="Reason">Why, for the history; 1 to 500 characters.</param>
/// <param name="Minutes">For so many minutes: 1 to 525600. One of minutes and until_lifted is needed.</param>
/// <param name="UntilLifted">Until it is let in again.</param>
[Body("{\"minutes\": 60, \"reason\": \"…\"}")]
internal sealed record KeepOutBody([property: Required] string? Reason, int? Minutes, bool UntilLifted);

/// <param name="Reason">Why, for the audit log and the history of the sessions; at most 500 characters.</param>
[Body("{\"reason\": \"…\"}", IsOptional = true)]
internal sealed record LetInBody(string? Reason);

/// <param name="SessionTimeoutSeconds">60 to 3600 (from 5 with Portal:AllowShortTimeouts), and at least twice the interval.</param>
/// <param name="HeartbeatIntervalSeconds">1 to 600.</param>
/// <param name="DisconnectGraceSeconds">0 to 300.</param>
/// <param name="HistoryRetentionDays">1 to 3650.</param>
/// <param name="SymbolSessions">Whether bots of one computer that trade different symbols share a seat.</param>
/// <param name="DevicesPerSeat">How many such bots may share one seat: 1 to 32; with 1 they do not share.</param>
/// <param name="CopiedDevices">What happens with a fingerprint that is used in two places.</param>
/// <param name="ExpiryGraceMinutes">0 to 1440.</param>
[Body("{\"session_timeout_seconds\": 90}", IsSettings = true)]
internal sealed record SettingsBody(
    int? SessionTimeoutSeconds, int? HeartbeatIntervalSeconds, int? DisconnectGraceSeconds, int? HistoryRetentionDays,
    SymbolSessions? SymbolSessions, int? DevicesPerSeat, CopiedDevices? CopiedDevices, int? ExpiryGraceMinutes)
{
    /// <summary>A field that is left out stays unchanged.</summary>
    public SessionSettingsChange ToChange() => new(
        SessionTimeoutSeconds, HeartbeatIntervalSeconds, DisconnectGraceSeconds, HistoryRetentionDays, SymbolSessions, ExpiryGraceMinutes, DevicesPerSeat, CopiedDevices);
}
