using System.Collections.Immutable;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>A decision in the making: every step changes the sessions and notes the change.</summary>
internal sealed class Transition(LicenseSessions sessions, SessionSettings settings, Instant now)
{
    private const long NotedEveryMs = 60_000;
    private const int MostTraces = 8;

    private readonly ImmutableArray<SessionChange>.Builder changes = ImmutableArray.CreateBuilder<SessionChange>();

    public LicenseSessions Sessions { get; private set; } = sessions;

    public Decision Decide(Outcome outcome) => new(outcome, changes.ToImmutable(), Sessions);

    /// <summary>Ends sessions that are silent for the timeout or longer, or lost their connection and did not come back.</summary>
    /// <returns>The number of ended sessions.</returns>
    public int EndStale()
    {
        var count = 0;
        foreach (var session in Sessions.Live)
        {
            if (!SessionRules.IsStale(session, settings, now.Ms)) continue;
            End(session, SessionRules.TimesOutAtMs(session, settings) <= now.Ms ? EndReason.TimedOut : EndReason.ConnectionLost);
            count++;
        }

        return count;
    }

    public void End(LiveSession session, EndReason reason, string? by = null, string? note = null)
    {
        // Found by its id: an earlier end may have made it the lead of its seat, so the caller's copy may be outdated.
        var at = IndexOf(session);
        var ended = Sessions.Live[at];
        Sessions = Sessions with { Live = Sessions.Live.RemoveAt(at) };
        if (reason == EndReason.TimedOut) Sessions = Sessions with { Resumable = Sessions.Resumable.Add(new(ended, now.Ms)) };
        if (reason != EndReason.TimedOut && SessionRules.TraceOf(ended, settings, now) is { } trace)
            Sessions = Sessions with { Traces = [.. Sessions.Traces.Where(other => other.Session.Device != ended.Device && !SessionRules.IsForgotten(other, now)).Take(MostTraces - 1), trace] };
        changes.Add(new SessionChange.Ended(ended, reason, by, note));
        if (ended.SeatLead) PromoteLead(ended.Seat);
    }

    /// <summary>Drops the time-outs that can no longer be resumed, and old traces.</summary>
    public void ForgetPast()
    {
        if (Sessions.Resumable.Any(IsPast)) Sessions = Sessions with { Resumable = Sessions.Resumable.RemoveAll(IsPast) };
        if (!Sessions.Traces.IsEmpty) Sessions = Sessions with { Traces = Sessions.Traces.RemoveAll(trace => SessionRules.IsForgotten(trace, now)) };
    }

    public LiveSession Start(LiveSession session, bool byHeartbeat)
    {
        TakeSeat(session);
        changes.Add(new SessionChange.Started(session, byHeartbeat));
        return session;
    }

    public LiveSession Resume(LiveSession session)
    {
        TakeSeat(session);
        changes.Add(new SessionChange.Resumed(session));
        return session;
    }

    public LiveSession Refresh(LiveSession session, LiveSession refreshed, bool byLogin)
    {
        Replace(session, refreshed);
        changes.Add(byLogin ? new SessionChange.Continued(refreshed) : new SessionChange.Refreshed(refreshed));
        return refreshed;
    }

    public void Leave(LiveSession session, LiveSession left, string app)
    {
        Replace(session, left);
        changes.Add(new SessionChange.AppLeft(left, app));
    }

    public void Connect(LiveSession session, LostConnection? lost)
    {
        var changed = session with { Lost = lost };
        Replace(session, changed);
        changes.Add(new SessionChange.ConnectionChanged(changed));
    }

    public void Move(LiveSession session, int seat) => Move(session, session with { Seat = seat });

    /// <summary>Moves a session that shared a seat to another seat, without the others.</summary>
    /// <returns>The session after the move.</returns>
    public LiveSession MoveApart(LiveSession session, int seat, bool leads) => Move(session, session with { Seat = seat, SeatLead = leads, ApartSinceMs = null });

    private LiveSession Move(LiveSession session, LiveSession moved)
    {
        Sessions = Sessions with { Resumable = [.. Sessions.Resumable.Where(r => KeepsHope(r, moved))] };
        Place(session, moved);
        return moved;
    }

    /// <summary>Notes that the session's device is used in two places; writes how often it was seen at most once a minute.</summary>
    public LiveSession See(LiveSession session, CopySign sign, string where)
    {
        var mark = session.Copied is not { } before ? new CopiedMark(sign, where, now.Ms, 1) : before with { Unnoted = before.Unnoted + 1 };
        var isDue = session.Copied is null || now.Ms - mark.NotedMs >= NotedEveryMs;
        var marked = session with { Copied = isDue ? mark with { NotedMs = now.Ms, Unnoted = 0 } : mark };
        Replace(session, marked);
        if (isDue) changes.Add(new SessionChange.CopySeen(marked, mark.Sign, mark.Where, mark.Unnoted));
        return marked;
    }

    /// <summary>Replaces the session's tokens.</summary>
    public LiveSession Prove(LiveSession session, SessionProof proof)
    {
        var proved = session with { Proof = proof };
        Replace(session, proved);
        changes.Add(new SessionChange.Proved(proved));
        return proved;
    }

    public void Mark(DeviceMark mark)
    {
        Sessions = Sessions with { Marks = [.. Sessions.Marks.Where(m => m.Kind != mark.Kind || m.Device != mark.Device), mark] };
        changes.Add(new SessionChange.Marked(mark));
    }

    /// <returns>True if there was such a mark.</returns>
    public bool Unmark(string device, MarkKind kind, string? by = null, string? note = null)
    {
        var found = false;
        foreach (var mark in Sessions.Marks)
        {
            if (mark.Kind != kind || mark.Device != device) continue;
            Sessions = Sessions with { Marks = Sessions.Marks.Remove(mark) };
            changes.Add(new SessionChange.Unmarked(mark, by, note));
            found = true;
        }

        return found;
    }

    // Sessions that timed out on a seat can no longer be resumed once another takes it, except those that could share it with that one.
    private void TakeSeat(LiveSession session) => Sessions = Sessions with
    {
        Live = Sessions.Live.Add(session),
        Resumable = [.. Sessions.Resumable.Where(r =>
            r.Session.Device != session.Device
            && !IsPast(r)
            && KeepsHope(r, session))],
    };

    private bool KeepsHope(TimedOutSession past, LiveSession holder) =>
        past.Session.Seat != holder.Seat || SessionRules.CouldShare(past.Session, holder, settings);

    // A seat that is still occupied always has one lead: the unique index depends on it.
    private void PromoteLead(int seat)
    {
        foreach (var session in Sessions.Live)
        {
            if (session.Seat != seat) continue;
            Place(session, session with { SeatLead = true });
            return;
        }
    }

    private void Place(LiveSession session, LiveSession placed)
    {
        Replace(session, placed);
        changes.Add(new SessionChange.Placed(placed));
    }

    private void Replace(LiveSession session, LiveSession by) => Sessions = Sessions with { Live = Sessions.Live.SetItem(IndexOf(session), by) };

    private bool IsPast(TimedOutSession ended) => now.Ms - ended.EndedMs >= SessionRules.ResumeWithinMs;

    private int IndexOf(LiveSession session)
    {
        for (var i = 0; i < Sessions.Live.Length; i++)
            if (Sessions.Live[i].SessionId == session.SessionId) return i;
        throw new InvalidOperationException("The session is not among the live ones.");
    }
}
