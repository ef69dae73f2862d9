using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Live;

namespace QuoTrading.Portal.Storage.Sqlite;

/// <summary>Stores sessions in the database file: each commit is one unit of the writer, or joins one.</summary>
internal sealed class SqliteSessionStore(Writer writer) : ISessionStore
{
    TimeSpan ISessionStore.CommitTime => writer.CommitTime;

    bool ISessionStore.IsDown => writer.IsDown;

    async Task<CommitOutcome> ISessionStore.CommitAsync(Func<IStoredSessions, Commit> decide, Action<CommitOutcome.Durable?> settle)
    {
        CommitRows? rows = null;
        try
        {
            return await writer.RunAsync(unit => Task.FromResult(Write(unit, decide, settle, out rows)), first: true);
        }
        catch (StoreUnavailableException reason)
        {
            return new CommitOutcome.Unavailable(reason);
        }
        catch (Exception reason) when (rows is not null)
        {
            return new CommitOutcome.Conflict(rows.Command, reason);
        }
    }

    void ISessionStore.Join(WriteUnit unit, Func<IStoredSessions, Commit> decide, Action<CommitOutcome.Durable?> settle) => Write(unit, decide, settle, out _);

    /// <param name="rows">Set once it is decided; null where deciding throws.</param>
    private CommitOutcome.Durable Write(WriteUnit unit, Func<IStoredSessions, Commit> decide, Action<CommitOutcome.Durable?> settle, out CommitRows? rows)
    {
        rows = null;
        unit.OnRolledBack(() => settle(null));
        var commit = decide(new SqliteStoredSessions(unit, writer.ForeignChanges));
        rows = new CommitRows(unit);
        var durable = new CommitOutcome.Durable(rows.Write(commit));
        unit.OnCommitted(() => settle(durable));
        return durable;
    }
}
