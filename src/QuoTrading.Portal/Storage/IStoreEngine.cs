using System.Data.Common;

namespace QuoTrading.Portal.Storage;

/// <summary>What <see cref="Writer"/> needs of the database engine.</summary>
public interface IStoreEngine
{
    /// <summary>Opens the writer's connection, with its statements.</summary>
    internal StatementCache OpenWriter();

    /// <summary>Changes when another connection than the unit's has changed the database. Call it inside a unit of the writer.</summary>
    internal long ReadVersion(WriteUnit unit);

    /// <summary>A number in the database that marks one-time updates of its rows as done. Backups contain it. 0 if it is new.</summary>
    internal long ReadMark(WriteUnit unit);

    /// <inheritdoc cref="ReadMark"/>
    internal void WriteMark(WriteUnit unit, int mark);

    /// <summary>Creates a context on the caller's connection and inside the caller's transaction.</summary>
    PortalDbContext CreateContext(DbConnection connection, DbTransaction transaction);

    /// <summary>Whether the store, not the statement, is at fault: trying again later may help.</summary>
    bool IsUnavailable(Exception failure);
}
