using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>How commands become durable: unit after unit, and what the server does by itself in between.</summary>
public sealed partial class SessionRegistry
{
    // A unit of refreshes takes its turn like a command; in this size it is over in some ten milliseconds.
    private const int MostRefreshesInOneUnit = 2000;
    private const int MostFlushesInOneTick = 50;

    // From here on a start leaves enough behind to be worth a collection.
    private const int ManyAtStart = 10_000;

    // Licenses that one tick settles; the rest is due half a second later still.
    private const int MostDueInOneTick = 2000;

    // From here on a disk is slow, and a quarter of its time is worth waiting for company; but who is to come at all comes soon.
    private static readonly TimeSpan SlowCommit = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan MostPatience = TimeSpan.FromMilliseconds(5);

    /// <summary>Reads what is stored, and settles it: before anybody is served.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be read or written.</exception>
    public async Task StartAsync()
    {
        (await UnitAsync(_ => { }, stored => clock.ContinueFrom(stored.LoadServiceTime()))).ThrowUnlessDurable();
        await SettleAsync();
        // What so many rows left behind is more than what is kept of them. Nobody waits yet, and nobody will collect it soon.
        if (table.Count >= ManyAtStart) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    /// <summary>Commits what is queued until <see cref="StopAsync"/>.</summary>
    public async Task RunAsync()
    {
        while (await queue.TakeAsync(Patience()) is { Count: > 0 } work) await CommitAsync(work);
    }

    /// <summary>No command is taken any more; what is queued and what was refreshed is written.</summary>
    public async Task StopAsync(Task running)
    {
        queue.Complete();
        await running;
        gauge.Finish();
        await SettleAsync();
    }

    /// <summary>Twice a second: reads the clock, counts who is live, ends what is stale or no longer good, writes what was refreshed.</summary>
    public async Task TickAsync()
    {
        Gauge();
        var due = FindDue();
        var idle = due.Count == 0 && refreshed.IsEmpty && storeAnswers && !store.IsDown && !limited.IsDue && !gauge.IsDue && !table.Entries.Any(entry => !entry.Sessions.Live.IsEmpty);
        if (idle) return;
        await queue.AddOwnAsync(batch => Settle(batch, due));
        // Unit after unit until nothing waits, or a busy second would be written in the next one.
        for (var more = 0; more < MostFlushesInOneTick && !refreshed.IsEmpty; more++) await queue.AddOwnAsync(batch => Settle(batch, []));
    }

    // The same without the queue, which is not served yet, or no more.
    private async Task SettleAsync()
    {
        List<long>? due = null;
        do
        {
            clock.CommitBegins();
            var outcome = await UnitAsync(batch =>
            {
                // One look at all of them may find more than it returns. After one that found none there is no need for another.
                if (due is not []) due = FindDue();
                Settle(batch, due);
            });
            outcome.ThrowUnlessDurable();
            clock.CommitEnds(done: true);
            storeAnswers = true;
        }
        while (!refreshed.IsEmpty);
    }

    private TimeSpan Patience()
    {
        if (store.CommitTime < SlowCommit) return TimeSpan.Zero;
        var share = store.CommitTime / 4;
        return share < MostPatience ? share : MostPatience;
    }

    private bool Settle(SessionBatch batch, IReadOnlyList<long> due)
    {
        foreach (var licenseId in due)
        {
            var license = licenses.Find(batch.Stored, licenseId);
            batch.Apply(licenseId, license, sessions => SessionRules.Sweep(license, sessions, batch.Settings, batch.Now));
        }

        batch.Flush(refreshed, MostRefreshesInOneUnit);
        limited.Flush(batch, licenses);
        gauge.Flush(batch);
        return true;
    }

    private void Gauge()
    {
        var now = clock.Now();
        var inForce = settings;
        var (sessions, used) = (0, 0);
        foreach (var entry in table.Entries)
        {
            var live = 0;
            foreach (var session in entry.Sessions.Live)
                if (!SessionRules.IsStale(session, inForce, now.Ms)) live++;
            sessions += live;
            if (live > 0) used++;
        }

        gauge.Note(now.Utc, sessions, used);
        metrics.Sample(sessions);
    }

    private List<long> FindDue()
    {
        var now = clock.Now();
        var inForce = settings;
        return [.. table.Entries
            .Where(entry => SessionRules.NeedsSweep(licenses.Recall(entry.LicenseId), entry.Sessions, inForce, now))
            .Select(entry => entry.LicenseId)
            .Take(MostDueInOneTick)];
    }

    private async Task CommitAsync(List<SessionQueue.Work> work)
    {
        switch (await TryCommitAsync(work))
        {
            case CommitOutcome.Durable:
                metrics.Committed(work.Count);
                queue.Committed(work.Count);
                foreach (var command in work) command.Answer();
                break;
            case CommitOutcome.Unavailable(var reason):
                foreach (var command in work) command.Fail(reason);
                break;
            case CommitOutcome.Conflict(var bad, _) when work.Count > 1:
                // One bad command must fail alone; those before it and after it are decided again.
                foreach (var part in Split(work, bad)) await CommitAsync(part);
                break;
            case CommitOutcome.Conflict(_, var reason):
                LogCommandFailed(reason);
                work[0].Fail(reason);
                break;
        }
    }

    private static IEnumerable<List<SessionQueue.Work>> Split(List<SessionQueue.Work> work, int? bad) => bad is { } at
        ? new[] { work[..at], [work[at]], work[(at + 1)..] }.Where(part => part.Count > 0)
        : work.Select(command => (List<SessionQueue.Work>)[command]);

    private async Task<CommitOutcome> TryCommitAsync(List<SessionQueue.Work> work)
    {
        CommitOutcome? outcome = null;
        int? deciding = null;
        clock.CommitBegins();
        try
        {
            return outcome = await UnitAsync(batch =>
            {
                for (var i = 0; i < work.Count; i++)
                {
                    deciding = batch.Command = i;
                    work[i].Decide(batch);
                }
            });
        }
        catch (Exception failure)
        {
            return outcome = new CommitOutcome.Conflict(deciding, failure);
        }
        finally
        {
            // A conflict is no fault of the store's; but memory and store may differ, so look again.
            mustReload |= outcome is not CommitOutcome.Durable;
            var answers = outcome is not CommitOutcome.Unavailable;
            clock.CommitEnds(answers);
            if (answers != storeAnswers) LogStore(answers);
            storeAnswers = answers;
            // A lock of another program would keep each of them for the whole busy timeout. The tick goes on, and tries the store.
            queue.RefusesClients = !answers;
        }
    }

    /// <summary>Decides and commits one unit; memory follows inside it.</summary>
    /// <param name="first">Looks at what is stored before anything else.</param>
    private Task<CommitOutcome> UnitAsync(Action<SessionBatch> decide, Action<IStoredSessions>? first = null)
    {
        SessionBatch? batch = null;
        return store.CommitAsync(
            stored =>
            {
                first?.Invoke(stored);
                batch = Begin(stored);
                decide(batch);
                return batch.ToCommit();
            },
            durable => Follow(batch, durable));
    }

    /// <summary>The same as a part of somebody else's unit.</summary>
    private void Join(WriteUnit unit, Action<SessionBatch> decide)
    {
        SessionBatch? batch = null;
        store.Join(
            unit,
            stored =>
            {
                batch = Begin(stored);
                decide(batch);
                return batch.ToCommit();
            },
            durable => Follow(batch, durable));
    }

    /// <summary>A batch in this unit, with memory brought up to date: after a failed commit, after another process wrote, after a gap.</summary>
    private SessionBatch Begin(IStoredSessions stored)
    {
        if (!boundAreKnown)
        {
            bound.UnionWith(stored.LoadBound());
            boundAreKnown = true;
        }

        var readsAgain = mustReload || seenForeignChanges != stored.ForeignChanges;
        if (readsAgain)
        {
            licenses.Clear();
            licenses.LoadLive(stored);
            settings = stored.LoadSettings();
        }

        var now = clock.Now();
        if (mustReload) table.Replace(stored.LoadSessions(now.Ms));
        (mustReload, seenForeignChanges) = (false, stored.ForeignChanges);
        if (clock.TakeGap() is { } from) CreditGap(from, now.Ms);
        var batch = new SessionBatch(stored, table, journal, settings, now);
        // What a unit read that came to nothing may be its own unfinished work.
        if (readsAgain) batch.OnRolledBack(() => seenForeignChanges = -1);
        return batch;
    }

    private void CreditGap(long fromMs, long nowMs)
    {
        var inForce = settings;
        foreach (var entry in table.Entries)
        {
            var becameDirty = entry.Adjust(sessions => sessions.Live.IsEmpty
                ? sessions
                : sessions with { Live = [.. sessions.Live.Select(s => SessionRules.CreditGap(s, inForce, fromMs, nowMs))] });
            if (becameDirty) refreshed.Add(entry);
        }
    }

    private void Follow(SessionBatch? batch, CommitOutcome.Durable? durable)
    {
        batch?.Settle(durable);
        if (batch is null || durable is null) return;
        settings = batch.Settings;
        foreach (var change in batch.Changes)
        {
            var session = change switch
            {
                SessionChange.Started started => started.Session,
                SessionChange.Continued continued => continued.Session,
                SessionChange.Resumed resumed => resumed.Session,
                _ => null,
            };
            if (session is null) continue;
            if (session.Proof is not null) bound.Add((session.LicenseId, session.Device));
            if (licenses.Recall(session.LicenseId) is { } license) devices.Note(license.Key, session.Device, batch.Now.Utc);
        }

        feed.Publish(batch.Changes);
    }

    private void LogStore(bool answers)
    {
        if (answers) LogStoreBack();
        else LogStoreGone();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The store does not take commits: clients are asked to come back later, and no session ages meanwhile.")]
    private partial void LogStoreGone();

    [LoggerMessage(Level = LogLevel.Information, Message = "The store takes commits.")]
    private partial void LogStoreBack();

    [LoggerMessage(Level = LogLevel.Error, Message = "A session command failed alone.")]
    private partial void LogCommandFailed(Exception failure);
}
