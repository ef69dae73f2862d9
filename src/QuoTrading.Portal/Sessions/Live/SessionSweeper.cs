using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Measures;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>
/// What the server does to sessions by itself: loads what is stored, ends what is stale or no longer good, writes what was refreshed.
/// </summary>
internal sealed class SessionSweeper(CommitLoop loop, SessionQueue queue, SessionMemory memory, LimitTally limited, ConcurrencyGauge gauge, SessionMetrics metrics)
{
    // A unit of refreshes delays commands like any other unit; of this size it takes some ten milliseconds.
    private const int MostRefreshesInOneUnit = 2000;
    private const int MostFlushesInOneTick = 50;

    // From so many licenses on, a start leaves enough garbage to be worth a collection.
    private const int ManyAtStart = 10_000;

    // The most licenses that one tick settles; the others are still due half a second later.
    private const int MostDueInOneTick = 2000;

    /// <summary>Loads what is stored, and settles it, before any client is served.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be read or written.</exception>
    public async Task StartAsync()
    {
        await loop.LoadAsync();
        await SettleAsync();
        // Reading so many rows leaves more garbage than memory keeps of them. No client waits yet, and it would not be collected soon.
        if (memory.Table.Count >= ManyAtStart) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    /// <summary>Takes no more commands; writes what is queued and what was refreshed.</summary>
    /// <param name="running">The task that commits the queue.</param>
    public async Task StopAsync(Task running)
    {
        queue.Complete();
        await running;
        gauge.Finish();
        await SettleAsync();
    }

    /// <summary>Twice a second: reads the clock, counts live sessions, ends stale and invalid ones, writes what was refreshed.</summary>
    public async Task TickAsync()
    {
        Count();
        var due = FindDue();
        if (due.Count == 0 && IsIdle()) return;
        await queue.AddOwnAsync(batch => Settle(batch, due));
        // One unit after the other until nothing waits; otherwise a busy second would be written in the next one.
        for (var more = 0; more < MostFlushesInOneTick && !memory.Refreshed.IsEmpty; more++) await queue.AddOwnAsync(batch => Settle(batch, []));
    }

    private bool IsIdle() => memory.Refreshed.IsEmpty && memory.StoreAnswers && !loop.IsStoreDown && !limited.IsDue && !gauge.IsDue
        && !memory.Table.Entries.Any(entry => !entry.Sessions.Live.IsEmpty);

    // The same without the queue, which is not served yet, or no longer.
    private async Task SettleAsync()
    {
        List<long>? due = null;
        do
        {
            await loop.CommitAloneAsync(batch =>
            {
                // One call may find only a part of what is due. After a call that found nothing, no further call is needed.
                if (due is not []) due = FindDue();
                Settle(batch, due);
            });
        }
        while (!memory.Refreshed.IsEmpty);
    }

    private bool Settle(SessionBatch batch, IReadOnlyList<long> due)
    {
        foreach (var licenseId in due)
        {
            var license = memory.Licenses.Find(batch.Stored, licenseId);
            batch.Apply(licenseId, license, sessions => SessionRules.Sweep(license, sessions, batch.Settings, batch.Now));
        }

        batch.Flush(memory.Refreshed, MostRefreshesInOneUnit);
        limited.Flush(batch, memory.Licenses);
        gauge.Flush(batch);
        return true;
    }

    private void Count()
    {
        var now = memory.Clock.Now();
        var inForce = memory.Settings;
        var (sessions, used) = (0, 0);
        foreach (var entry in memory.Table.Entries)
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
        var now = memory.Clock.Now();
        var inForce = memory.Settings;
        return [.. memory.Table.Entries
            .Where(entry => SessionRules.NeedsSweep(memory.Licenses.Recall(entry.LicenseId), entry.Sessions, inForce, now))
            .Select(entry => entry.LicenseId)
            .Take(MostDueInOneTick)];
    }
}
