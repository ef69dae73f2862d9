using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Measures;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>
/// How commands become durable: queued, decided together, committed, answered and published. One unit after the other; only units change
/// sessions.
/// </summary>
internal sealed partial class CommitLoop(
    ISessionStore store, SessionMemory memory, SessionQueue queue, SessionFeed feed, SessionMetrics metrics, ILogger<CommitLoop> log)
{
    // From this commit time on a disk is slow. Then it is worth waiting a quarter of that time for more commands, but not for more than the
    // second limit: commands that come at all come soon.
    private static readonly TimeSpan SlowCommit = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan MostPatience = TimeSpan.FromMilliseconds(5);

    /// <summary>The last unit failed because the store takes no commits now: retry soon.</summary>
    public bool IsStoreDown => store.IsDown;

    /// <summary>Commits what is queued until the queue is complete.</summary>
    public async Task RunAsync()
    {
        while (await queue.TakeAsync(Patience()) is { Count: > 0 } work) await CommitAsync(work);
    }

    /// <summary>Loads what is stored into memory: called once, before anything is decided.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be read.</exception>
    public async Task LoadAsync() =>
        (await UnitAsync(_ => { }, stored => memory.Clock.ContinueFrom(stored.LoadServiceTime()))).ThrowUnlessDurable();

    /// <summary>Commits one unit without the queue, while that is not served yet, or no longer.</summary>
    /// <exception cref="StoreUnavailableException">Nothing was changed.</exception>
    public async Task CommitAloneAsync(Action<SessionBatch> decide)
    {
        memory.Clock.CommitBegins();
        (await UnitAsync(decide)).ThrowUnlessDurable();
        memory.Clock.CommitEnds(done: true);
        memory.StoreAnswers = true;
    }

    /// <summary>Decides as a part of a unit that the caller has begun: a license changes, and sessions end with it.</summary>
    public void Join(WriteUnit unit, Action<SessionBatch> decide)
    {
        var part = Unit(decide);
        store.Join(unit, part.Decide, part.Settle);
    }

    private TimeSpan Patience()
    {
        if (store.CommitTime < SlowCommit) return TimeSpan.Zero;
        var share = store.CommitTime / 4;
        return share < MostPatience ? share : MostPatience;
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
                // One bad command must fail alone; the commands before and after it are decided again.
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
        memory.Clock.CommitBegins();
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
            // A conflict is not a failure of the store; but memory and store may differ.
            if (outcome is not CommitOutcome.Durable) memory.Doubt();
            Note(answers: outcome is not CommitOutcome.Unavailable);
        }
    }

    private void Note(bool answers)
    {
        memory.Clock.CommitEnds(answers);
        if (answers != memory.StoreAnswers) LogStore(answers);
        memory.StoreAnswers = answers;
        // A lock of another program would hold up each command for the whole busy timeout. The sweeper goes on, and tries the store.
        queue.RefusesClients = !answers;
    }

    private Task<CommitOutcome> UnitAsync(Action<SessionBatch> decide, Action<IStoredSessions>? first = null)
    {
        var unit = Unit(decide, first);
        return store.CommitAsync(unit.Decide, unit.Settle);
    }

    // What the store calls for one unit: decides it, and lets memory follow.
    private (Func<IStoredSessions, Commit> Decide, Action<CommitOutcome.Durable?> Settle) Unit(Action<SessionBatch> decide, Action<IStoredSessions>? first = null)
    {
        SessionBatch? batch = null;
        return (
            stored =>
            {
                first?.Invoke(stored);
                batch = memory.Open(stored);
                decide(batch);
                return batch.ToCommit();
            },
            durable => Follow(batch, durable));
    }

    private void Follow(SessionBatch? batch, CommitOutcome.Durable? durable)
    {
        batch?.Settle(durable);
        if (batch is null || durable is null) return;
        memory.Follow(batch);
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
