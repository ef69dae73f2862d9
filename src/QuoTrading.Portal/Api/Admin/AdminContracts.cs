using System.ComponentModel.DataAnnotations;
using System.Text.Encodings.Web;
using System.Text.Json;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Online;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Api.Admin;

// The answers and bodies of the endpoints in AdminApi. Times are ISO 8601, UTC, with Z.

/// <summary>A page of live sessions, newest first.</summary>
/// <param name="Total">How many match, on all pages.</param>
/// <param name="Next">Pass it as <c>after</c> for the next page; null on the last page.</param>
internal sealed record SessionsAnswer(IReadOnlyList<SessionItem> Sessions, int Total, Guid? Next);

/// <param name="Seat">The number of the license's seat, from 1.</param>
/// <param name="DevicesOnSeat">How many devices are live on it: more than two are a sign of sharing.</param>
/// <param name="Position">With several programs, the last that any of them reported; <paramref name="Programs"/> has that of each.</param>
/// <param name="Programs">The programs of the device that use the session, the one with the latest message first.</param>
/// <param name="CopiedDevice">The sign that its fingerprint is used in two places; null if there is none.</param>
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
    int Seat,
    int DevicesOnSeat,
    string? CopiedDevice,
    decimal? Position,
    decimal? PositionPnl,
    decimal? SessionPnl,
    DateTime StartedAt,
    DateTime LastSeenAt,
    DateTime StaleAt,
    IReadOnlyList<ProgramItem> Programs)
{
    public static SessionItem Of(OnlineRow row, int devicesOnSeat) => new(
        row.SessionId, row.LicenseId, row.CustomerEmail, row.KeyMasked, row.Plan, row.Device, row.DeviceName, row.Address, row.BotVersion, row.Status,
        row.Symbol, row.Seat, devicesOnSeat, row.Copied is { } copied ? WireNames.Of(copied.Sign) : null, row.Telemetry.Position, row.Telemetry.PositionPnl, row.Telemetry.SessionPnl, row.StartedAt, row.LastSeenAt, row.StaleAt, ProgramItem.Of(row));
}

/// <summary>A program of a device.</summary>
/// <param name="App">The name that the program sends; null if it sends none.</param>
internal sealed record ProgramItem(
    string? App,
    string? Symbol,
    string? Status,
    string? BotVersion,
    decimal? Position,
    decimal? SessionPnl,
    decimal? PositionPnl,
    DateTime LastSeenAt)
{
    public static IReadOnlyList<ProgramItem> Of(OnlineRow row) => row switch
    {
        { Programs.Count: > 0 } => [.. row.Programs.Select(Of)],
        { App: null } => [],
        _ => [Of(new OnlineProgram(row.App.Length == 0 ? null : row.App, row.Symbol, row.BotVersion, row.Status, row.Telemetry, row.LastSeenAt))],
    };

    private static ProgramItem Of(OnlineProgram program) => new(
        program.App, program.Symbol, program.Status, program.BotVersion, program.Figures.Position, program.Figures.SessionPnl, program.Figures.PositionPnl, program.LastSeenAt);
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
    public static EndedSessionItem Of(PastSession record) => new(
        record.SessionId, record.LicenseId, record.CustomerEmail, record.KeyMasked, record.Device, record.Address, record.StartedAt, record.EndedAt,
        record.EndReason is { } reason ? WireNames.Of(reason) : null, record.EndedBy, record.EndNote);
}

/// <param name="Reason">1 to 500 characters, for the history.</param>
/// <param name="KeepOutMinutes">For so many minutes logins are refused, too: 1 to 525600.</param>
internal sealed record LogOutBody([property: Required] string? Reason, int? KeepOutMinutes);

internal sealed record ForceClearBody(string? LicenseKey, string? AdminKey);

internal static class AdminJson
{
    /// <summary>Does not escape the <c>…</c> of a masked key. For JSON answers, never for JSON inside a page.</summary>
    public static JsonSerializerOptions Readable { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
