using System.Data.Common;

namespace QuoTrading.Portal.Storage;

/// <summary>What <see cref="Writer"/> needs of the database engine.</summary>
public interface IStoreEngine
{
    /// <summary>Opens the writer's connection, with its statements.</summary>
    internal StatementCache OpenWriter();

    /// <summary>Grows whenever another connection than this one's has changed the database. Inside a unit of the writer's.</summary>
    internal long ReadVersion(WriteUnit unit);

    /// <summary>A number in the database that says what was done with its rows once; backups carry it along. 0 in a new one.</summary>
    internal long ReadMark(WriteUnit unit);

    /// <inheritdoc cref="ReadMark"/>
    internal void WriteMark(WriteUnit unit, int mark);

    /// <summary>A context on a connection and inside a transaction that are the caller's.</summary>
    PortalDbContext CreateContext(DbConnection connection, DbTransaction transaction);

    /// <summary>Whether the store, not the statement, is at fault: trying again later may help.</summary>
    bool IsUnavailable(Exception failure);
}
