using System.Data.Common;

namespace QuoTrading.Portal.Storage;

/// <summary>What <see cref="Writer"/> needs of the database engine.</summary>
public interface IStoreEngine
{
    /// <summary>Opens the writer's connection, with its statements.</summary>
    internal StatementCache OpenWriter();

    /// <summary>A context on a connection and inside a transaction that are the caller's.</summary>
    PortalDbContext CreateContext(DbConnection connection, DbTransaction transaction);

    /// <summary>Whether the store, not the statement, is at fault: trying again later may help.</summary>
    bool IsUnavailable(Exception failure);
}
