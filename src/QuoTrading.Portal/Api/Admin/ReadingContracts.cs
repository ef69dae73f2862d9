using System.Text.Json;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Api.Admin;

// The answers about history, events, audit log and statistics. Times are ISO 8601, UTC, with Z. Next and Previous of a page are passed as
// after and before; null if there is no such page.

/// <summary>A page of sessions, newest first.</summary>
internal sealed record HistoryAnswer(IReadOnlyList<HistoryItem> Sessions, string? Next, string? Previous);

/// <summary>A session, live or ended.</summary>
/// <param name="LastSeenAt">Null while it is live; the list of live sessions has it.</param>
/// <param name="EndReason">Null while it is live.</param>
/// <param name="EndedBy">The person, token or command line that ended it; null if none did.</param>
/// <param name="Interruptions">How often it timed out and resumed.</param>
internal sealed record HistoryItem(
    Guid SessionId,
    long LicenseId,
    string CustomerEmail,
    string KeyMasked,
    string Plan,
    string Device,
    string? DeviceName,
    string Address,
    string? Symbol,
    string? BotVersion,
    int Seat,
    DateTime StartedAt,
    DateTime? LastSeenAt,
    DateTime? EndedAt,
    string? EndReason,
    string? EndedBy,
    string? EndNote,
    int Interruptions)
{
    public static HistoryItem Of(PastSession record) => new(
        record.SessionId, record.LicenseId, record.CustomerEmail, record.KeyMasked, record.Plan, record.Device, record.DeviceName, record.Address, record.Symbol,
        record.BotVersion, record.Seat, record.StartedAt, record.LastSeenAt, record.EndedAt, record.EndReason is { } reason ? WireNames.Of(reason) : null,
        record.EndedBy, record.EndNote, record.Interruptions);
}

/// <summary>A page of events, newest first.</summary>
internal sealed record EventsAnswer(IReadOnlyList<EventItem> Events, string? Next, string? Previous);

/// <summary>An event; equal refusals within a minute are one event, with a count.</summary>
/// <param name="LastAt">When the last of <paramref name="Count"/> happened.</param>
internal sealed record EventItem(
    long Id,
    DateTime At,
    DateTime LastAt,
    int Count,
    string Kind,
    string? Code,
    long? LicenseId,
    string? CustomerEmail,
    string? KeyMasked,
    Guid? SessionId,
    string? Device,
    string? Address,
    string? By,
    string? Detail)
{
    public static EventItem Of(SessionEvent happened) => new(
        happened.Id, happened.At, happened.LastAt, happened.Count, WireNames.Of(happened.Kind), happened.Code, happened.LicenseId, happened.CustomerEmail,
        happened.KeyMasked, happened.SessionId, happened.Device, happened.Address, happened.By, happened.Detail);
}

/// <summary>A page of the audit log, newest first.</summary>
internal sealed record AuditAnswer(IReadOnlyList<AuditItem> Entries, string? Next, string? Previous);

/// <summary>An entry of the audit log: who did what to what.</summary>
/// <param name="ActorKind"><c>person</c>, <c>token</c> or <c>command_line</c>.</param>
/// <param name="Before">The changed values before the change.</param>
/// <param name="After">The changed values after it.</param>
internal sealed record AuditItem(
    long Id,
    DateTime At,
    string ActorKind,
    string Actor,
    string? Address,
    string Action,
    string TargetKind,
    string Target,
    string? Reason,
    JsonElement? Before,
    JsonElement? After)
{
    public static AuditItem Of(AuditEntry entry) => new(
        entry.Id, entry.At, JsonNamingPolicy.SnakeCaseLower.ConvertName(entry.ActorKind.ToString()), entry.Actor, entry.Address, entry.Action, entry.TargetKind, entry.Target,
        entry.Reason, Json(entry.Before), Json(entry.After));

    private static JsonElement? Json(string? text) => text is null ? null : JsonElement.Parse(text);
}

/// <summary>The numbers of the overview.</summary>
/// <param name="At">When they were read; at most 3 seconds ago.</param>
/// <param name="Refusals">Of the last 24 hours, the most frequent first.</param>
internal sealed record StatisticsAnswer(DateTime At, int SessionsLive, int LicensesLive, LicenseNumbers Licenses, IReadOnlyList<RefusalCount> Refusals);

/// <summary>The most sessions that were live at one moment, for each step. A step in which the portal did not run is left out.</summary>
/// <param name="To">Not included.</param>
internal sealed record ConcurrencyAnswer(DateTime From, DateTime To, int StepMinutes, IReadOnlyList<ConcurrencyItem> Steps);

/// <summary>One step.</summary>
/// <param name="At">The start of the step.</param>
internal sealed record ConcurrencyItem(DateTime At, int Sessions, int Licenses)
{
    public static ConcurrencyItem Of(ConcurrentSessions step) => new(step.Minute, step.Live, step.Licenses);
}
