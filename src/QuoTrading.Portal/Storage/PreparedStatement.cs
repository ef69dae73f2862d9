namespace QuoTrading.Portal.Storage;

/// <summary>A statement of the writer's hot paths, prepared once a connection, in the way of the engine below.</summary>
internal abstract class PreparedStatement : IDisposable
{
    /// <returns>How many rows it changed.</returns>
    /// <exception cref="System.Data.Common.DbException">It failed.</exception>
    public abstract int Execute(ReadOnlySpan<object?> values);

    /// <returns>The number of the row that it inserted.</returns>
    /// <inheritdoc cref="Execute"/>
    public abstract long Insert(ReadOnlySpan<object?> values);

    /// <returns>The first column of the first row; 0 where there is none.</returns>
    /// <inheritdoc cref="Execute"/>
    public abstract long ExecuteScalar(ReadOnlySpan<object?> values);

    public abstract void Dispose();
}
