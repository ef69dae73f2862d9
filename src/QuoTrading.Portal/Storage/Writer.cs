using System.Data.Common;
using System.Diagnostics;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Storage;

/// <summary>
/// The only write path of the process: one unit at a time, each durable when its task completes. The session registry's batches
/// go first, then all other units, of at most <see cref="MostRows"/> rows each.
/// </summary>
public sealed partial class Writer(IStoreEngine engine, CommitMetrics metrics, ILogger<Writer> log) : IAsyncDisposable
{
    /// <summary>The most rows that a unit may write, except the registry's, so that no unit waits long for its turn.</summary>
    public const int MostRows = 500;

    private readonly PriorityGate gate = new();
    private StatementCache? statements;
    private long seenVersion = -1;
    private long failures;
    private volatile string? downFor;
    private volatile bool hasRegistry;
    private bool closed;
    private TimeSpan lastCommit;

    /// <summary>
    /// Grows when another connection than the writer's has changed the database: one of another process, or of a context that saved by
    /// itself. A cache of stored data compares it inside a unit, and drops its data if it has changed.
    /// </summary>
    public long ForeignChanges { get; private set; }

    /// <summary>
    /// The time that the disk needs to make a unit of the session registry durable: the shorter one of its last two commits, because now
    /// and then a commit also runs a checkpoint. The registry reads it between its units.
    /// </summary>
    internal TimeSpan CommitTime { get; private set; }

    /// <summary>The last unit failed because the store cannot commit now. The session registry should try again soon.</summary>
    internal bool IsDown => downFor is not null;

    /// <summary>Runs <paramref name="work"/> in a unit of its own and commits it.</summary>
    /// <param name="work">Called inside the gate, with the transaction open. If it throws, nothing is changed.</param>
    /// <param name="first">Goes first in the queue. Only for the session registry.</param>
    /// <exception cref="StoreUnavailableException">The store could not commit. Nothing was changed.</exception>
    public async Task<T> RunAsync<T>(Func<WriteUnit, Task<T>> work, bool first = false, CancellationToken cancel = default)
    {
        // The store is known to be down: the registry tries it twice a second, so all other units fail at once. A command of the command
        // line has no registry, and tries itself.
        hasRegistry |= first;
        if (IsDown && hasRegistry && !first) throw new StoreUnavailableException("The store takes no commits now.");
        var before = Volatile.Read(ref failures);
        using var activity = PortalActivities.Source.StartActivity("unit");
        using var turn = await gate.EnterAsync(first, goesHome: true, cancel);
        var begun = metrics.Begin();
        WriteUnit? unit = null;
        ObjectDisposedException.ThrowIf(closed, this);
        // Otherwise each queued unit would wait for a locked file in its turn, one busy timeout after the other.
        if (failures != before) throw FailedMeanwhile();
        try
        {
            var opened = statements ??= engine.OpenWriter();
            unit = new WriteUnit(opened, opened.Connection.BeginTransaction(), engine.CreateContext);
            NoticeForeignChanges(unit);
            T result;
            using (PortalActivities.Source.StartActivity("decide")) result = await work(unit);
            var decided = metrics.Begin();
            using (PortalActivities.Source.StartActivity("commit")) await unit.CommitAsync(cancel);
            if (first) NoteCommit(metrics.Since(decided));
            await unit.DisposeAsync();
            downFor = null;
            metrics.Done(begun, first);
            return result;
        }
        catch (Exception failure)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
            await GiveUpAsync(unit, failure);
            if (failure is not StoreUnavailableException && engine.IsUnavailable(failure))
                throw new StoreUnavailableException(failure.Message, failure);
            throw;
        }
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public Task RunAsync(Func<WriteUnit, Task> work, CancellationToken cancel = default) =>
        RunAsync(async unit =>
        {
            await work(unit);
            return true;
        }, cancel: cancel);

    /// <summary>Enters the gate for a write on another connection of this process; dispose the result to leave it.</summary>
    internal ValueTask<IDisposable> EnterAsync(CancellationToken cancel) => gate.EnterAsync(goesFirst: false, cancel: cancel);

    public async ValueTask DisposeAsync()
    {
        using var turn = await gate.EnterAsync(goesFirst: false);
        if (statements is not null) await statements.DisposeAsync();
        statements = null;
        closed = true;
    }

    private void NoteCommit(TimeSpan took)
    {
        CommitTime = took < lastCommit ? took : lastCommit;
        lastCommit = took;
    }

    // Read inside the transaction: no other connection can commit between this read and this unit's commit.
    private void NoticeForeignChanges(WriteUnit unit)
    {
        var version = engine.ReadVersion(unit);
        if (seenVersion != -1 && version != seenVersion) ForeignChanges++;
        seenVersion = version;
    }

    private async Task GiveUpAsync(WriteUnit? unit, Exception failure)
    {
        try
        {
            // Disposing an open transaction rolls it back.
            if (unit is not null) await unit.DisposeAsync();
        }
        catch (DbException inner)
        {
            LogRollbackFailed(inner.Message);
        }

        unit?.RolledBack();
        if (!engine.IsUnavailable(failure)) return;

        // The state of the connection is unknown after an I/O error, so the next unit opens a new one.
        // The store is tried twice a second, maybe for hours, so a reason is logged only when it changes.
        if (downFor != failure.Message) LogUnavailable(failure.Message);
        downFor = failure.Message;
        Volatile.Write(ref failures, failures + 1);
        gate.Dismiss(FailedMeanwhile);
        if (statements is not null)
        {
            await statements.DisposeAsync();
            statements = null;
            ForeignChanges++;
            seenVersion = -1;
        }
    }

    private static StoreUnavailableException FailedMeanwhile() => new("The store failed while this waited for its turn.");

    [LoggerMessage(Level = LogLevel.Error, Message = "The database cannot be written now: {Reason}")]
    private partial void LogUnavailable(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A rollback failed; the connection is given up: {Reason}")]
    private partial void LogRollbackFailed(string reason);
}
