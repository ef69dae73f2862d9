namespace QuoTrading.Portal.Storage;

/// <summary>A statement for the hot paths of the writer, prepared once per connection. The engine implements it.</summary>
internal abstract class PreparedStatement : IDisposable
{
    /// <returns>The number of changed rows.</returns>
    /// <exception cref="System.Data.Common.DbException">The statement failed.</exception>
    public abstract int Execute(ReadOnlySpan<object?> values);

    /// <returns>The id of the inserted row.</returns>
    /// <inheritdoc cref="Execute"/>
    public abstract long Insert(ReadOnlySpan<object?> values);

    /// <returns>The first column of the first row; 0 without a row.</returns>
    /// <inheritdoc cref="Execute"/>
    public abstract long ExecuteScalar(ReadOnlySpan<object?> values);

    public abstract void Dispose();
}
