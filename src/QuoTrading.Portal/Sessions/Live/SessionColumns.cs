using System.Globalization;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>
/// The text format of the small parts of a live session in its row. Lines and tabs separate: neither names nor hashes contain any.
/// </summary>
internal static class SessionColumns
{
    private const char Line = '\n';
    private const char Tab = '\t';
    private const string WithoutTokens = "-";
    private const string NoApp = "\n\n";

    private static readonly string[] OneWithoutName = [""];
    private static readonly Dictionary<string, AppReport> NoReports = [];

    public static string? Of(CopiedMark? mark) => mark is null ? null : $"{mark.Sign}{Line}{mark.Where}";

    /// <param name="nowMs">Taken as the time of its last note, in milliseconds of service time.</param>
    public static CopiedMark? ReadMark(string? text, long nowMs) =>
        text?.Split(Line) is [var sign, var where] && Enum.TryParse<CopySign>(sign, out var known) ? new CopiedMark(known, where, nowMs) : null;

    /// <summary>
    /// The installation, then a line for each program: its name, whether its newest token was used, the tokens' hashes. For programs that
    /// go on without tokens: the name and a dash.
    /// </summary>
    public static string? Of(SessionProof? proof) => proof is null
        ? null
        : string.Join(Line, proof.Chains.Select(chain => string.Join(Tab, chain.Tokens.Prepend(chain.IsConfirmed ? "1" : "0").Prepend(chain.App)))
            .Concat(proof.Free.Select(app => $"{app}{Tab}{WithoutTokens}")).Prepend(proof.Install));

    public static SessionProof? ReadProof(string? text)
    {
        if (text?.Split(Line) is not [var install, .. var lines]) return null;
        var programs = lines.Select(line => line.Split(Tab)).ToList();
        return new SessionProof(install, [.. programs.Where(parts => parts.Length > 2).Select(parts => new TokenChain(parts[0], [.. parts[2..]], parts[1] == "1"))])
        {
            Free = [.. programs.Where(parts => parts is [_, WithoutTokens]).Select(parts => parts[0])],
        };
    }

    /// <summary>A line for each program that has a report of its own: its name, symbol, version, status, and figures.</summary>
    /// <returns>Null if one program is alone in the session.</returns>
    public static string? OfReports(LiveSession session)
    {
        if (!session.HasReports) return null;
        var others = session.OtherApps.Where(other => other.Report is not null).Select(other => Of(other.Name, other.Report!));
        return string.Join(Line, session is { App: { } app, Report: { } own } ? others.Prepend(Of(app, own)) : others);
    }

    public static Dictionary<string, AppReport> ReadReports(string text)
    {
        var reports = new Dictionary<string, AppReport>(StringComparer.Ordinal);
        foreach (var line in text.Split(Line))
            if (line.Split(Tab) is [var app, var symbol, var version, var status, var position, var positionPnl, var sessionPnl, var held])
                reports[app] = new(Text(symbol), Text(version), Text(status), new(Number(position), Number(positionPnl), Number(sessionPnl), Text(held)));
        return reports;
    }

    /// <summary>The names of the session's programs, one a line. Null, as for most sessions: one program without a name.</summary>
    public static string? OfApps(LiveSession s)
    {
        // The path of nearly every session, twice a second.
        if (s.OtherApps.IsEmpty) return s.App switch { null => NoApp, "" => null, var app => app };
        var others = s.OtherApps.Select(other => other.Name);
        var text = string.Join(Line, s.App is null ? others : others.Prepend(s.App));
        return text.Length == 0 ? null : text;
    }

    /// <summary>The session with its programs and their reports, as read.</summary>
    public static LiveSession WithApps(LiveSession session, string? apps, string? reports)
    {
        if (apps == NoApp) return session;
        var told = reports is null ? NoReports : ReadReports(reports);
        var names = apps?.Split(Line) ?? OneWithoutName;
        return session with
        {
            App = StringPool.Share(names[0]),
            Report = told.GetValueOrDefault(names[0]),
            // The time of each program's last message is not stored: none is later than that of the session.
            OtherApps = [.. names.Skip(1).Select(other => new SessionApp(StringPool.Share(other), session.LastSeenMs, told.GetValueOrDefault(other)))],
        };
    }

    private static string Of(string app, AppReport report) => string.Join(Tab, app, report.Symbol, report.BotVersion, report.Status,
        Of(report.Figures.Position), Of(report.Figures.PositionPnl), Of(report.Figures.SessionPnl), report.Figures.Symbol);

    private static string? Of(decimal? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string? Text(string part) => part.Length == 0 ? null : StringPool.Share(part);

    private static decimal? Number(string part) => decimal.TryParse(part, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? number : null;
}
