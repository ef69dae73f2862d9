using System;

namespace QuoTrading;

/// <summary>What the fence says at a moment. Only with the first two a position may be opened.</summary>
internal enum LicenseVerdict
{
    Sure,
    Unknown,
    Silent,
    Paused,
    NoAnswer,
    Ended,
}

/// <summary>
/// Until when may a program rely on its session, whatever becomes of the network? Arithmetic on a clock, in seconds; the same as in the
/// Python client.
/// </summary>
/// <remarks>
/// The server ends a session the timeout after the last message that it received, so it is counted from when the last answered one was
/// sent. After a dropped stream it ends it after the grace, unless it hears something later than the drop. A drop may be seen by the
/// server alone: a router forgot the stream, and this end just hears nothing any more. Of a server that sends a comment every
/// <see cref="Keepalive"/> seconds the drop is therefore counted from the last sign: what was heard, or the sending of a message that
/// was answered; and, before anything was heard, from the asking for the stream. That goes on until a stream is open again.
/// What is heard may have been held up on its way, so it counts from before it came: by as much as the stream's greeting took, and no later
/// than one comment after the sign before. Once a stream was silent for too long nothing on it counts any more: only an answer, or a new
/// stream, ends the doubt.
/// </remarks>
internal sealed class LicenseFence
{
    /// <summary>How often the watch looks at the clock.</summary>
    public const double Tick = 0.5;

    private const double UsualKeepalive = 2; // until the first stream has told

    private const double MostLag = 0.4; // of the keepalive: more, and what comes in time would count as silence
    private const double LateSign = 0.5; // so much later than due, and it was held up on its way

    private double lag; // how long what is heard may have been on its way
    private double pulse = double.NegativeInfinity;
    private double? paused;
    private (double Before, double After) standstill = (0, double.NegativeInfinity); // the latest standstill: the last pulse before it, the first after it
    private bool greeted, keptBack;

    /// <summary>A watch that stood still for so long: suspended, or stopped.</summary>
    public double Pause { get; set; } = 5;

    /// <summary>How long before the end of the grace no position is opened any more.</summary>
    public double Margin { get; set; } = 0.5;

    public double Interval { get; set; } = 30;

    public double Timeout { get; set; } = 90;

    public double ToldGrace { get; set; } = 5;

    /// <summary>Less than a second cannot be followed.</summary>
    public double Grace => Math.Max(1, ToldGrace);

    /// <summary>When the last answered message was sent.</summary>
    public double? Sent { get; private set; }

    public double? Dropped { get; private set; }

    /// <summary>Null: an older server, whose comments come too rarely to count by them.</summary>
    public double? Keepalive { get; private set; }

    /// <summary>When the stream last gave a sign, or was asked for. Null: there is none whose drop could go unnoticed.</summary>
    public double? Heard { get; private set; }

    /// <summary>So long without a sign, and the stream is not trusted any more.</summary>
    public double Quiet => 1.75 * (Keepalive ?? double.PositiveInfinity);

    /// <summary>When a heartbeat has to ask, if nothing is heard until then.</summary>
    public double Doubt => Heard is not { } heard || Keepalive is null ? double.PositiveInfinity
        : heard + (Grace >= Quiet + 1 ? Quiet : Math.Min(Quiet, Grace / 2));

    private double Reserve => Math.Min(5, Timeout / 10);

    /// <summary>Nothing is known of an earlier session any more; the settings stay.</summary>
    public void Begin(double now)
    {
        (Sent, Dropped, Keepalive, Heard, paused) = (null, null, null, null, null);
        (greeted, keptBack, standstill) = (false, false, (0, double.NegativeInfinity));
        pulse = now;
    }

    public bool MayTrade(double now) => Judge(now) is LicenseVerdict.Sure or LicenseVerdict.Unknown;

    public LicenseVerdict Judge(double now)
    {
        if (Sent is not { } sent) return LicenseVerdict.Ended;
        var lost = Math.Min(sent + Timeout - Reserve, (Dropped ?? double.PositiveInfinity) + ToldGrace * 0.9);
        var stood = paused ?? (now - pulse > Pause ? now : null);
        // Where that moment came while this process stood still, it was not the server that was silent.
        if (now >= lost) return stood >= lost ? LicenseVerdict.Paused : LicenseVerdict.NoAnswer;
        if (stood is not null) return LicenseVerdict.Paused;
        if (Keepalive is not null && Heard is { } heard && now >= Math.Max(heard, sent) + Grace - Math.Min(Margin, Grace / 4)) return LicenseVerdict.Silent;
        var unknown = sent + Math.Max(Timeout - Interval - Reserve, Interval * 1.1 + Reserve);
        return now >= Math.Min(unknown, (Dropped ?? double.PositiveInfinity) + ToldGrace * 0.6) ? LicenseVerdict.Unknown : LicenseVerdict.Sure;
    }

    /// <summary>So long that the stream is not trusted any more, even if the server answers.</summary>
    public bool IsQuiet(double now) => Heard is { } heard && now >= heard + Quiet;

    /// <summary>The server confirmed the session by the answer to what was sent then.</summary>
    public void Confirm(double sent, bool byStream)
    {
        Sent = Math.Max(sent, Sent ?? sent);
        // A heartbeat may overtake the drop on its way to the server; a new stream settles it.
        if (Dropped is { } drop && sent >= drop + (byStream ? 0 : Math.Min(1, ToldGrace / 3))) Dropped = null;
        if (sent >= paused) paused = null;
    }

    public void Drop(double at) => Dropped ??= at;

    /// <summary>The server says that the session has ended.</summary>
    public void Revoke() => Sent = null;

    /// <summary>A stream is being asked for: from now on the server may have it open, and may see it drop.</summary>
    /// <returns>Whether the doubt began by that. If no stream comes of it, it is to be forgotten.</returns>
    public bool Ask(double at)
    {
        if (Heard is not null || keptBack) return false;
        if (!greeted) Keepalive = UsualKeepalive;
        if (Keepalive is null) return false;
        Heard = at;
        return true;
    }

    /// <summary>A stream that was asked for then is open.</summary>
    public void Greet(double? keepalive, double sent, double now)
    {
        lag = Math.Max(0, Math.Min(now - sent, MostLag * (keepalive ?? 0)));
        (greeted, keptBack, Keepalive) = (true, false, keepalive);
        Heard = Math.Max(sent, Heard ?? sent);
    }

    /// <summary>Something came over the open stream. What is read right after a standstill of this process may have come before it.</summary>
    public void Hear(double now)
    {
        var at = IsLate(now) ? pulse : now < standstill.After + Tick / 2 ? standstill.Before : now;
        if (Heard is not { } heard || IsQuiet(at)) return;
        if (Keepalive is { } keepalive) at = Math.Min(at - lag, heard + keepalive + LateSign);
        Heard = Math.Max(heard, at);
    }

    /// <summary>The server has ended the stream itself, or has opened none: no grace runs.</summary>
    public void ForgetStream() => Heard = null;

    /// <summary>No stream could be had for a whole timeout: something between keeps them back, and asking for one proves nothing.</summary>
    public void DoWithoutStream() => (Heard, keptBack) = (null, true);

    public void Wake(double now) => pulse = now;

    /// <returns>Whether nobody called it for so long that the session must be confirmed first.</returns>
    public bool TakePulse(double now)
    {
        var late = now - pulse > Pause;
        if (IsLate(now)) standstill = (pulse, now);
        pulse = now;
        if (late) paused = now;
        return late;
    }

    private bool IsLate(double now) => now - pulse > 1.5 * Tick;
}
