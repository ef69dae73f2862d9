using System;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;

namespace QuoTrading;

// Beginning and end.
public sealed partial class LicenseSession
{
    private static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(0.5); // to what was sent before a release
    private static readonly TimeSpan LongestRelease = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim entering = new(1); // one login at a time
    private LicenseAttempt? attempt;

    /// <summary>
    /// Asks for the license. True: it is held, and heartbeats and stream have begun. False: <see cref="Reason"/> says why not. It asks again
    /// while the server does not answer; that is safe, as asking again gets the same session. <see cref="ReleaseAsync"/> meanwhile has it
    /// return false, and gives back what the server may have given already.
    /// </summary>
    /// <param name="patience">How long it asks again; null for 20 s.</param>
    /// <param name="cancellationToken">Ends it; what the server may have given already is given back.</param>
    /// <exception cref="OperationCanceledException">It was ended by the token.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed before.</exception>
    public Task<bool> LogInAsync(TimeSpan? patience = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => EnterAsync(patience ?? UsualPatience, cancellationToken), cancellationToken);

    /// <summary>Gives the license back; other programs of this device keep it. Waits for the server for at most 3 s. Twice is harmless.</summary>
    /// <returns>
    /// True if the server has ended the session, or this program had no part in it any more. If it cannot be reached, it sees that the
    /// stream dropped, or that the heartbeats end. Where another session of this process holds the license under the same app, nothing is
    /// given back.
    /// </returns>
    public Task<bool> ReleaseAsync() => LeaveAsync(new LicenseReason(LicenseReasonCode.Released, "The license was released."), handOver: false);

    /// <summary>
    /// For a launcher, just before it starts the bot and closes: leaves the session to the bot, whose login goes on with it. The bot has the
    /// whole session timeout for that. As <see cref="ReleaseAsync"/> else. A launcher that stays open needs it not: both share the session.
    /// </summary>
    /// <returns>Whether the server has said yes.</returns>
    public Task<bool> HandOverAsync() => LeaveAsync(new LicenseReason(LicenseReasonCode.HandedOver, "The license was handed over."), handOver: true);

    /// <summary>Gives the license back. Never longer than 3 s, whatever the thread it is called on is busy with.</summary>
    public void Dispose()
    {
        ReleaseAsync().Wait(LongestFarewell);
        Clear();
    }

    /// <summary>Gives the license back; waits for the server for at most 3 s.</summary>
    public async ValueTask DisposeAsync()
    {
        await ReleaseAsync().ConfigureAwait(false);
        Clear();
    }

    private void Clear()
    {
        lock (changing)
        {
            if (isDisposed) return;
            isDisposed = true;
        }

        transport.Dispose();
        signatures?.Dispose();
    }

    private async Task<bool> EnterAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        await entering.WaitAsync(cancellationToken).ConfigureAwait(false);
        using var trying = new LicenseAttempt(LongestAnswer, cancellationToken);
        try
        {
            lock (changing)
            {
                if (isDisposed) throw new ObjectDisposedException(nameof(LicenseSession));
                attempt = trying;
                if (run is not null && final is null) Fence.Drop(Clock()); // the stream is closed for it: if no answer comes, the session ends after the grace
            }

            await QuitAsync().ConfigureAwait(false);
            var held = await AskForLicenseAsync(trying, patience.TotalSeconds).ConfigureAwait(false);
            if (held || !trying.IsOver) return held;
            trying.Released = await UndoAsync(trying).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
        finally
        {
            lock (changing)
                if (attempt == trying) attempt = null;
            trying.Done();
            entering.Release();
        }
    }

    /// <summary>Of an earlier login: its loops end, and the server is told nothing.</summary>
    private async Task QuitAsync()
    {
        LicenseRun? before;
        lock (changing) before = run;
        if (before is null) return;
        before.Quit();
        await Task.WhenAny(Task.WhenAll(before.Sending, before.Hearing), Task.Delay(LongestFarewell)).ConfigureAwait(false);
        lock (changing) LeaveOthers();
        LetGo();
    }

    private async Task<bool> AskForLicenseAsync(LicenseAttempt trying, double patience)
    {
        if (!TakeIdentity()) return false;
        var (until, wait, reason) = (Clock() + patience, 0.5, new LicenseReason(LicenseReasonCode.Unreachable, "The license server cannot be reached."));
        while (!trying.IsOver)
        {
            var sent = Clock();
            var (answer, fault) = await TryToLogInAsync(trying, Math.Min(LongestRequest, Math.Max(1, until - sent))).ConfigureAwait(false);
            if (answer is { Grants: true } or { GrantsAsOlder: true }) return Begin(trying, answer, sent);
            // What was not signed says more than what came too late.
            if (fault is not { Code: LicenseReasonCode.Unreachable } || reason.Code != LicenseReasonCode.NotSigned) reason = fault ?? Explain(answer!);
            wait = Math.Max(wait, answer?.RetryAfter ?? 0);
            if (!IsWorthRepeating(reason.Code) || Clock() + wait > until) break;
            await trying.WaitAsync(wait).ConfigureAwait(false);
            wait = Math.Min(wait * 2, 5);
        }

        lock (changing)
        {
            (run, sessionId) = (null, null);
            if (trying.IsOver) return false;
            final = reason;
            LeaveOthers();
            LetGo();
            Show(Clock());
        }

        Log($"The login has failed: {Reason?.Code}.");
        return false;
    }

    private static bool IsWorthRepeating(string code) => code is LicenseReasonCode.Unreachable or LicenseReasonCode.NotSigned;

    private async Task<(LicenseAnswer? Answer, LicenseReason? Fault)> TryToLogInAsync(LicenseAttempt trying, double seconds)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(trying.Cut);
        limit.CancelAfter(TimeSpan.FromSeconds(seconds));
        try
        {
            return (await PostAsync(LoginPath, LoginBody(), limit.Token).ConfigureAwait(false), null);
        }
        catch (LicenseCertificateException fault)
        {
            return (null, new LicenseReason(LicenseReasonCode.Certificate, fault.Message));
        }
        catch (Exception failure) // of many types, according to the framework
        {
            return (null, new LicenseReason(LicenseReasonCode.Unreachable, $"The license server cannot be reached ({Name(failure)})."));
        }
    }

    /// <summary>Without the exception's own text: that may quote what was sent.</summary>
    private static string Name(Exception failure) => failure.GetBaseException() switch
    {
        System.Net.Sockets.SocketException socket => socket.SocketErrorCode.ToString(),
        OperationCanceledException => "no answer in time",
        var other => other.GetType().Name,
    };

    private LicenseReason Explain(LicenseAnswer answer)
    {
        if (answer.IsUnsigned)
            return new(LicenseReasonCode.NotSigned, "The license server's answer is not signed by a key that this program has, or at another time than now by the clock of this computer.");
        if (answer.Refuses) return answer.Reason;
        if (answer.Status is >= 500 or 408 or 429)
            return new(LicenseReasonCode.Unreachable, answer.Body.Text("message") is { Length: > 0 } told ? told : $"The license server cannot answer now (status {answer.Status}).");
        return answer.Status != 200 && answer.IsOurs ? answer.Reason
            : new(LicenseReasonCode.NoPortal, $"What answers at {transport.Address} is no license server (status {answer.Status}).");
    }

    /// <summary>Reads the profile: not sooner, as that is no work for the thread of a window that makes the session.</summary>
    /// <returns>False: a program of this user holds the license already.</returns>
    private bool TakeIdentity()
    {
        var profile = new LicenseProfile(profileFolder, Log);
        IDisposable? held = null;
        if (singleInstance && !profile.TryHold(key, app, out held))
        {
            lock (changing)
            {
                (run, sessionId) = (null, null);
                final = new LicenseReason(LicenseReasonCode.AlreadyRunning, $"A program of this user holds the license already, as {app}.");
            }

            return false;
        }

        var (kept, proof) = profile.Open();
        lock (changing)
        {
            instance = held;
            (fingerprint, install) = (givenFingerprint ?? kept, proof);
            mates = LicenseMates.Of(transport.Address, key, fingerprint, app);
        }

        return true;
    }

    /// <returns>False: a release came before.</returns>
    private bool Begin(LicenseAttempt trying, LicenseAnswer answer, double sent)
    {
        lock (changing)
        {
            if (trying.IsOver) return false;
            attempt = null;
            interrupted = run is not null;
            (final, ended, endedAt, shown, isOlder) = (null, null, null, LicenseState.Lost, false);
            Fence.Begin(Clock());
            var by = run = new LicenseRun();
            mates!.Join(this);
            Confirm(by, answer.Body, sent, byStream: false);
            by.Sending = Task.WhenAll(Task.Run(() => BeatAsync(by)), Task.Run(() => WatchAsync(by)));
            by.Hearing = Task.Run(() => FollowAsync(by));
        }

        LicenseExit.Watch(this, ReleasesOnSignals);
        return true;
    }

    /// <summary>The server may have said yes already, also where its answer was not read.</summary>
    private async Task<bool> UndoAsync(LicenseAttempt trying)
    {
        bool isLast;
        lock (changing) (final, isLast) = (trying.Why, LeaveOthers());
        var released = isLast && (fingerprint is null || await SayFarewellAsync(Body()).ConfigureAwait(false));
        LetGo();
        return released;
    }

    private Task<bool> LeaveAsync(LicenseReason why, bool handOver)
    {
        LicenseAttempt? trying;
        LicenseRun? by;
        lock (changing)
        {
            (trying, by) = (attempt, run);
            if (trying is null)
            {
                if (by is null) return Task.FromResult(false); // nothing was held
                if (by.Farewell is { } said) return said;
                if (final is not null) return by.Farewell = Task.FromResult(true); // refused, or ended by the server
                var body = Body(sessionId);
                if (handOver) body["handover"] = true;
                final = why;
                by.Stop();
                Show(Clock());
                return by.Farewell = Task.Run(() => LeaveAsync(by, body));
            }

            final = why;
            trying.Mark(why);
        }

        return Task.Run(() => trying.EndAsync(LongestFarewell));
    }

    private async Task<bool> LeaveAsync(LicenseRun by, JsonObject body)
    {
        // What was sent before is answered before: it could overtake the release.
        await Task.WhenAny(by.Sending, Task.Delay(LongestAnswer)).ConfigureAwait(false);
        by.CutRequests();
        bool isLast;
        lock (changing) isLast = LeaveOthers();
        var released = isLast && await SayFarewellAsync(body).ConfigureAwait(false);
        LetGo();
        by.Quit(); // the stream after the release: before it, it would look like a crash
        await Task.WhenAny(Task.WhenAll(by.Sending, by.Hearing), Task.Delay(TimeSpan.FromSeconds(0.2))).ConfigureAwait(false);
        return released;
    }

    private async Task<bool> SayFarewellAsync(JsonObject body)
    {
        using var limit = new CancellationTokenSource(LongestRelease);
        try
        {
            var answer = await PostAsync(ReleasePath, body, limit.Token).ConfigureAwait(false);
            return answer.Status == 200 && !answer.IsUnsigned;
        }
        catch (Exception failure) // of many types, according to the framework
        {
            Log($"No answer to the release: {failure.GetType().Name}."); // the server sees the stream's end, or that the heartbeats stop
            return false;
        }
    }
}
