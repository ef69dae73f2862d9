using System.Data.Common;
using System.Diagnostics;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Storage;

/// <summary>
/// The only write path of the process: one unit at a time, each durable when its task completes. The session registry's batches
/// go first, then everybody else's units, of at most <see cref="MostRows"/> rows each.
/// </summary>
public sealed partial class Writer(IStoreEngine engine, CommitMetrics metrics, ILogger<Writer> log) : IAsyncDisposable
{
    /// <summary>The most rows that a unit of anybody but the registry may write, so that nobody waits long for his turn.</summary>
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
    /// Grows whenever another connection than the writer's has changed the database: another process, or a context that saved by
    /// itself. Whoever caches what is stored compares it inside a unit and drops what he has.
    /// </summary>
    public long ForeignChanges { get; private set; }

    /// <summary>
    /// What the disk takes to make one of the session registry's units durable: of its last two commits the shorter one, since one in
    /// many also copies the log back. For the registry, between its units.
    /// </summary>
    internal TimeSpan CommitTime { get; private set; }

    /// <summary>The last unit failed because the store takes no commits now. Whoever has the first place shall try it again soon.</summary>
    internal bool IsDown => downFor is not null;

    /// <summary>Runs <paramref name="work"/> in a unit of its own and commits it.</summary>
    /// <param name="work">Called with the turn held and the transaction open. If it throws, nothing is changed.</param>
    /// <param name="first">For the session registry alone.</param>
    /// <exception cref="StoreUnavailableException">The store could not take it. Nothing was changed.</exception>
    public async Task<T> RunAsync<T>(Func<WriteUnit, Task<T>> work, bool first = false, CancellationToken cancel = default)
    {
        // Known to be away: the registry tries it twice a second, and nobody else need wait. A command has no registry, and tries itself.
        hasRegistry |= first;
        if (IsDown && hasRegistry && !first) throw new StoreUnavailableException("The store takes no commits now.");
        var before = Volatile.Read(ref failures);
        using var activity = PortalActivities.Source.StartActivity("unit");
        using var turn = await gate.EnterAsync(first, goesHome: true, cancel);
        var begun = metrics.Begin();
        WriteUnit? unit = null;
        ObjectDisposedException.ThrowIf(closed, this);
        // Or everyone in the line would wait for a locked file in his turn, one busy timeout after the other.
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

    /// <summary>Takes a turn for a write on another connection of this process; disposing the result gives it back.</summary>
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

    // Inside the transaction: nobody else can commit between this look and our own commit.
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

        // What state the connection is in after an I/O error nobody promises: the next unit gets a new one.
        // It is tried twice a second, maybe for hours: each reason is said once.
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
