using System;
using System.Linq;
using System.Text.Json.Nodes;

namespace QuoTrading;

// What the server's answers mean for the session.
public sealed partial class LicenseSession
{
    private const double OlderInterval = 30, OlderTimeout = 90;

    private (LicenseState State, LicenseReason? Reason) Standing(double now)
    {
        if (final is not null) return (LicenseState.Lost, final);
        return Fence.Judge(now) switch
        {
            LicenseVerdict.Sure => (interrupted ? LicenseState.Renewed : LicenseState.Held, null),
            LicenseVerdict.Unknown => (LicenseState.Unknown, new(LicenseReasonCode.NoAnswer, "The license server has not answered for a while.")),
            LicenseVerdict.Silent => (LicenseState.Unknown, new(LicenseReasonCode.Silent,
                "The connection to the license server is silent; until it answers, another device may get the license.")),
            LicenseVerdict.Paused => (LicenseState.Lost, new(LicenseReasonCode.Paused, "The computer was suspended; the license is being confirmed again.")),
            LicenseVerdict.Ended when ended is not null => (LicenseState.Lost, ended),
            _ => (LicenseState.Lost, new(LicenseReasonCode.NoAnswer,
                "The license server has not answered for so long that another device may use the license.")),
        };
    }

    private void Show(double now)
    {
        var (state, reason) = Standing(now);
        if (state == shown) return;
        shown = state;
        Log(reason is null ? $"The license is {Name(state)}." : $"The license is {Name(state)}: {reason.Code}. {reason.Message}");
        Tell(StateChanged, state, reason);
    }

    private static string Name(LicenseState state) => state switch
    {
        LicenseState.Held => "held",
        LicenseState.Renewed => "renewed",
        LicenseState.Unknown => "unknown",
        _ => "lost",
    };

    private void Tell(EventHandler<LicenseEventArgs>? handlers, LicenseState state, LicenseReason? reason)
    {
        if (handlers is null) return;
        var told = new LicenseEventArgs(state, reason, Settings);
        foreach (var handler in handlers.GetInvocationList()) teller.Tell(() => ((EventHandler<LicenseEventArgs>)handler)(this, told));
    }

    /// <summary>The server confirmed the session by the answer to what was sent then.</summary>
    /// <returns>False: it said so before it ended the session, or to a login that is no more.</returns>
    private bool Confirm(LicenseRun by, JsonObject answer, double sent, bool byStream)
    {
        lock (changing)
        {
            if (by != run || final is not null || sent < endedAt) return false;
            var now = Clock();
            var told = answer.Text("session_id");
            if (Fence.Sent is not null || ended is not null) interrupted |= Fence.Judge(now) != LicenseVerdict.Sure || (told is not null && sessionId is not null && told != sessionId);
            BeOfAge(by, told);
            (sessionId, ended) = (told, null);
            Take(answer);
            TakeLicense(answer);
            TakeWarnings(answer);
            if (answer.Text("session_token") is { } token) mates!.Token = token;
            Fence.Confirm(sent, byStream);
            Show(now);
            return true;
        }
    }

    /// <summary>The older system knows no streams, so none is missed; when the portal is back, one is opened again.</summary>
    private void BeOfAge(LicenseRun by, string? told)
    {
        if (isOlder != told is null) Log(told is null ? "The server is of the older system: heartbeats alone." : "The server has streams.");
        if (told is null)
        {
            (Fence.Interval, Fence.Timeout) = (OlderInterval, OlderTimeout);
            Fence.DoWithoutStream();
        }
        else if (isOlder)
        {
            by.WakeStream();
        }

        isOlder = told is null;
    }

    /// <summary>The session has ended on the server, but not for good: a heartbeat without its name asks for the seat again.</summary>
    private void Revoke(LicenseRun by, LicenseReason reason, string? which)
    {
        lock (changing)
        {
            if (by != run || final is not null || (sessionId is not null && which is not null && which != sessionId)) return; // that one was given up before
            (sessionId, ended, endedAt) = (null, reason, Clock());
            Fence.Revoke();
            Show(Clock());
        }
    }

    private void End(LicenseRun by, LicenseReason reason)
    {
        lock (changing)
        {
            if (by != run || final is not null) return;
            (sessionId, final) = (null, reason);
            Fence.Revoke();
            LeaveOthers();
            LetGo();
            if (reason.Code == LicenseReasonCode.SessionConflict) Tell(Conflict, LicenseState.Lost, reason);
            Show(Clock());
            Tell(Ended, LicenseState.Lost, reason);
        }

        by.Quit();
    }

    /// <returns>Whether no other session of this process holds the license under the same app.</returns>
    private bool LeaveOthers() => mates?.Leave(this) ?? true;

    /// <summary>Makes room for another program: only when the server knows, or its login could meet our release.</summary>
    private void LetGo()
    {
        lock (changing)
        {
            instance?.Dispose();
            instance = null;
        }

        LicenseExit.Forget(this);
    }

    private void Take(JsonObject answer)
    {
        lock (changing)
        {
            var before = (Fence.Interval, Fence.Timeout, Fence.ToldGrace);
            Fence.Interval = answer.Number("heartbeat_interval_seconds", 1, LicenseAnswer.MostSeconds) ?? Fence.Interval;
            Fence.Timeout = answer.Number("session_timeout_seconds", 1, LicenseAnswer.MostSeconds) ?? Fence.Timeout;
            Fence.ToldGrace = answer.Number("disconnect_grace_seconds", 0, LicenseAnswer.MostSeconds) ?? Fence.ToldGrace;
            if (before != (Fence.Interval, Fence.Timeout, Fence.ToldGrace)) Tell(SettingsChanged, shown, Standing(Clock()).Reason);
            if (Fence.Interval < before.Interval) run?.BeatNow();
        }
    }

    private void TakeLicense(JsonObject answer)
    {
        lock (changing)
            if (answer.ContainsKey("license_expiration")) expiration = answer.Text("license_expiration");
    }

    /// <summary>What the server could not use of what this program said: each is logged once.</summary>
    private void TakeWarnings(JsonObject answer)
    {
        if (answer["warnings"] is not JsonArray told) return;
        foreach (var text in told.Take(MostWarnings).Select(one => one.Text()))
        {
            if (text?.IndexOf(key, StringComparison.OrdinalIgnoreCase) != -1 || warned.Count >= MostWarnings || !warned.Add(text)) continue;
            Log($"The server left something out: {text}");
        }
    }
}
