using System.Text;
using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Checking;

/// <summary>What a run may be found guilty of.</summary>
public enum Breach
{
    /// <summary>More devices could rely on a license than it has seats.</summary>
    TwoHolders,

    /// <summary>A device that surely held a session was told that it does not, or was given another.</summary>
    HolderRefused,

    /// <summary>A conflict, though nobody else could still hold the seat.</summary>
    KeptFromFreeSeat,

    /// <summary>A conflict that names a device which could not hold.</summary>
    WrongHolderNamed,

    /// <summary>A check promised a seat that was surely taken.</summary>
    CheckPromisedTakenSeat,

    /// <summary>A session came back that had surely ended.</summary>
    EndedSessionRevived,

    /// <summary>A release ended something, though its device or the session it named could hold nothing.</summary>
    StrangeRelease,

    /// <summary>After a forced logout a device got in again, or was told something else, without having logged in.</summary>
    ForcedLogoutIgnored,

    /// <summary>A device was told that it was logged out, though that was not so or a login had settled it.</summary>
    ForcedLogoutForNothing,

    /// <summary>A device that is kept out got in.</summary>
    KeepOutIgnored,

    /// <summary>A device was kept out, though nobody had said so or the time was over.</summary>
    KeptOutForNothing,

    /// <summary>A bad license was served.</summary>
    BadLicenseServed,

    /// <summary>A license was refused that was good, or for a reason that was not its.</summary>
    LicenseRefused,

    /// <summary>A client was told a session timeout that was not in force.</summary>
    WrongTimeoutTold,

    /// <summary>Clearing ended more than could be stale.</summary>
    ClearedTooMany,

    /// <summary>One session was told to two devices.</summary>
    SharedSessionId,

    /// <summary>A stream was opened of a session that nothing had begun.</summary>
    StreamBeganSession,

    /// <summary>A stream was told that its session has ended, though it surely lived.</summary>
    WrongWord,

    /// <summary>More devices share a seat than may.</summary>
    TooManyOnSeat,

    /// <summary>A device joined a seat that it could not join: it named its program, or came from elsewhere.</summary>
    JoinedWrongly,

    /// <summary>Two devices on one seat were in two networks for a whole timeout, and both go on.</summary>
    StayedApart,

    /// <summary>A holder was told to slow down, though he had asked for little.</summary>
    HolderThrottled,

    /// <summary>A holder's release was told to come back later.</summary>
    ReleaseRefused,

    /// <summary>Somebody was told to slow down, or that it is enough for today, though hardly anybody had asked.</summary>
    ThrottledForNothing,

    /// <summary>A license got more new devices in a day than it may.</summary>
    TooManyNewDevices,

    /// <summary>A device that surely was in two places is served in both, where that is refused.</summary>
    CopyServed,

    /// <summary>A proven session went on without a token.</summary>
    TokenNotAsked,

    /// <summary>A proven session went on with a token that had been replaced twice.</summary>
    OldTokenServed,

    /// <summary>An open stream was silent for longer than a client waits.</summary>
    StreamSilent,

    /// <summary>An answer that no rule gives.</summary>
    Fault,

    /// <summary>The session history does not say what the clients were told.</summary>
    HistoryDiffers,
}

/// <param name="At">Null for what the rows of the history say.</param>
public sealed record Violation(Breach Breach, int License, TimeSpan? At, string What)
{
    /// <summary>What happened to the license around it.</summary>
    public string Timeline(RunRecord record)
    {
        var text = new StringBuilder($"{Breach}: license {License}, {What}\n");
        var around = (From: (At ?? TimeSpan.Zero) - TimeSpan.FromSeconds(30), To: (At ?? TimeSpan.MaxValue - TimeSpan.FromSeconds(5)) + TimeSpan.FromSeconds(3));
        var lines = record.Operations.Where(o => o.License == License).Select(o => (o.Sent, Line: o.ToString()))
            .Concat(record.Disturbances.Select(d => (Sent: d.From, Line: $"{d.From.TotalSeconds,9:F3} … {d.To.TotalSeconds,9:F3}  {d.Kind}")))
            .Concat(record.Changes.Select(c => (c.Sent, Line: $"{c.Sent.TotalSeconds,9:F3}  timeout {c.Timeout.TotalSeconds} s")));
        lines = lines.Concat(record.Copies.Select(c => (c.Sent, Line: $"{c.Sent.TotalSeconds,9:F3} … {c.Answered?.TotalSeconds ?? double.NaN,9:F3}  copied devices: {(c.Refuse ? "refuse" : "report")}")));
        lines = lines.Concat(record.Terms.Where(t => t.License == License).Select(t =>
            (t.Sent, Line: $"{t.Sent.TotalSeconds,9:F3} … {t.Answered?.TotalSeconds ?? double.NaN,9:F3}  license {t.Terms.Standing}, {t.Terms.Seats} seats{(t.Terms.ExpiresAt is { } end ? $", expires {end.TotalSeconds:F3}" : "")}")));
        lines = lines.Concat(record.Streams.Where(s => s.Opened.License == License && StreamTimes.End(s) < TimeSpan.MaxValue).Select(s => (Sent: StreamTimes.End(s), Line: $"{StreamTimes.End(s).TotalSeconds,9:F3}  device {s.Opened.Device}  {s}")));
        foreach (var (_, line) in lines.Where(line => line.Sent >= around.From && line.Sent <= around.To).OrderBy(line => line.Sent).TakeLast(120))
            text.Append("  ").Append(line).Append('\n');
        return text.ToString();
    }
}
