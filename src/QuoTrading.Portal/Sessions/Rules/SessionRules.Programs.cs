using System.Collections.Immutable;

namespace QuoTrading.Portal.Sessions.Rules;

/// <content>
/// Several programs of one device in one session: each has its own symbol, version, status and figures. Nearly every session has one
/// program, and skips all of this.
/// </content>
internal static partial class SessionRules
{
    /// <summary>Whether any program of the session has an open position, by its last figures.</summary>
    public static bool HasOpenPosition(LiveSession session, SessionSettings settings, long nowMs) => session.HasReports
        ? session.Programs(settings, nowMs).Any(program => program.Report.Figures.HasOpenPosition)
        : Telemetry.Of(session.Metadata).HasOpenPosition;

    private static bool IsShared(LiveSession session, ClientMessage message) =>
        session.HasReports || (session.App is { } app && !string.Equals(app, message.App ?? "", StringComparison.Ordinal));

    /// <summary>The session after a message of one of several programs: its report changes, the reports of the others stay.</summary>
    private static LiveSession Share(LiveSession before, LiveSession after, ClientMessage message, SessionSettings settings, Instant now)
    {
        var report = ReportOf(before, message.App ?? "", settings, now).After(message);
        var metadata = message.Metadata ?? WithoutThose(before, app => app == after.App || after.OtherApps.Any(other => other.Name == app));
        if (!after.OtherApps.IsEmpty || (message.Metadata is null && report.Figures.IsTold)) return after with { Metadata = metadata, Report = report };

        // From now on it is the only program. The seat is still known by the last symbol that was named.
        return after with { Metadata = message.Metadata, BotVersion = report.BotVersion, Status = report.Status, Symbol = report.Symbol ?? after.Symbol, Report = null };
    }

    /// <summary>The other live programs, each with its report.</summary>
    private static ImmutableArray<SessionApp> Others(LiveSession session, string app, SessionSettings settings, Instant now) =>
        [.. session.LiveApps(settings, now.Ms).Where(other => other.Name != app).Take(MostApps - 1)
            .Select(other => other.Name == session.App ? other with { Report = session.OwnReport } : other)];

    /// <summary>The session's metadata; null if it may come from a program that is gone, whose figures no longer count.</summary>
    private static string? WithoutThose(LiveSession session, Func<string, bool> stays) =>
        (session.App is { } app && !stays(app) && session.OwnReport.Figures.IsTold) || session.OtherApps.Any(other => !stays(other.Name) && other.Report is { Figures.IsTold: true })
            ? null
            : session.Metadata;

    private static AppReport ReportOf(LiveSession session, string app, SessionSettings settings, Instant now)
    {
        if (session.App == app) return session.OwnReport;
        foreach (var other in session.OtherApps)
            if (other.Name == app && now.Ms - other.LastSeenMs < settings.TimeoutMs) return other.Report ?? AppReport.Nothing;
        return AppReport.Nothing;
    }
}
