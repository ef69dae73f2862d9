using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions;

namespace QuoTrading.Portal.Api;

// What administrators' scripts read and write. Times are ISO 8601 with Z.

/// <summary>A page of live sessions, newest first.</summary>
/// <param name="Total">How many are live, on all pages.</param>
/// <param name="Next">Pass it as <c>after</c> for the next page; null on the last.</param>
internal sealed record SessionsAnswer(IReadOnlyList<SessionItem> Sessions, int Total, Guid? Next);

internal sealed record SessionItem(
    Guid SessionId,
    long LicenseId,
    string CustomerEmail,
    string KeyMasked,
    string Plan,
    string Device,
    string? DeviceName,
    string Address,
    string? BotVersion,
    string? Status,
    string? Symbol,
    decimal? Position,
    decimal? PositionPnl,
    decimal? SessionPnl,
    DateTime StartedAt,
    DateTime LastSeenAt,
    DateTime StaleAt)
{
    public static SessionItem Of(OnlineRow row) => new(
        row.SessionId, row.LicenseId, row.CustomerEmail, row.KeyMasked, row.Plan, row.Device, row.DeviceName, row.Address, row.BotVersion, row.Status,
        row.Symbol, row.Telemetry.Position, row.Telemetry.PositionPnl, row.Telemetry.SessionPnl, row.StartedAt, row.LastSeenAt, row.StaleAt);
}

/// <summary>A session that has ended.</summary>
internal sealed record EndedSessionItem(
    Guid SessionId,
    long LicenseId,
    string CustomerEmail,
    string KeyMasked,
    string Device,
    string Address,
    DateTime StartedAt,
    DateTime? EndedAt,
    string? EndReason,
    string? EndedBy,
    string? EndNote)
{
    public static EndedSessionItem Of(SessionRecord record) => new(
        record.SessionId, record.LicenseId, record.CustomerEmail, record.KeyMasked, record.Device, record.Address, record.StartedAt, record.EndedAt,
        record.EndReason is { } reason ? WireNames.Of(reason) : null, record.EndedBy, record.EndNote);
}

/// <param name="Reason">Why, for the history.</param>
/// <param name="KeepOutMinutes">Also keeps the device out for so long.</param>
internal sealed record LogOutBody(string? Reason, int? KeepOutMinutes);

internal sealed record ForceClearBody(string? LicenseKey, string? AdminKey);

/// <summary>A page of licenses, in the order they were made.</summary>
/// <param name="Next">Pass it as <c>after</c> for the next page; null on the last.</param>
internal sealed record LicensesAnswer(IReadOnlyList<LicenseItem> Licenses, long? Next);

/// <param name="SessionsEnded">How many sessions ended with the change; left out where nothing was asked to change.</param>
internal sealed record LicenseItem(
    long Id,
    string CustomerEmail,
    string? CustomerName,
    string KeyMasked,
    string Plan,
    string Status,
    DateTime? ExpiresAt,
    int Seats,
    string? Note,
    DateTime CreatedAt,
    DateTime UpdatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? SessionsEnded = null)
{
    public static LicenseItem Of(LicenseState state, int? sessionsEnded = null) => new(
        state.Facts.Id, state.Facts.CustomerEmail, state.Facts.CustomerName, state.Facts.KeyMasked, state.Facts.Plan, WireNames.Of(state.Facts.Status),
        state.Facts.ExpiresAt, state.Facts.Seats, state.Note, state.CreatedAt, state.UpdatedAt, sessionsEnded);
}

/// <param name="Reason">Why, for the audit log and the history; may be left out.</param>
/// <param name="Days">For an extension.</param>
internal sealed record LicenseBody(string? Reason, int? Days);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReadyAnswer))]
[JsonSerializable(typeof(SessionsAnswer))]
[JsonSerializable(typeof(EndedSessionItem))]
[JsonSerializable(typeof(LogOutBody))]
[JsonSerializable(typeof(ForceClearBody))]
[JsonSerializable(typeof(SettingsText))]
[JsonSerializable(typeof(LicensesAnswer))]
[JsonSerializable(typeof(LicenseItem))]
[JsonSerializable(typeof(LicenseBody))]
internal sealed partial class AdminJson : JsonSerializerContext
{
    /// <summary>Writes a masked key as people see it, not as <c>\u2026</c>. It is sent as JSON, never inside a page.</summary>
    public static AdminJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
