namespace QuoTrading.Portal.Sessions;

/// <summary>
/// What the Online page shows: one shared immutable snapshot of the live sessions, renewed at most twice a second while anybody
/// watches. A circuit keeps its filter, sort and selection; it never asks the registry itself.
/// </summary>
public sealed class OnlineBoard : IOnlineBoard
{
    /// <summary>The newest snapshot; never null, never waits.</summary>
    public OnlineSnapshot Current { get; } = new([], DateTime.MinValue);

    /// <summary>
    /// Calls <paramref name="changed"/> on a pool thread each time a new snapshot is there, at most twice a second. It must
    /// return at once. Disposing the result, any number of times, ends the calls.
    /// </summary>
    /// <param name="name">Who listens, for the log.</param>
    public IDisposable Subscribe(string name, Action changed) => throw new NotSupportedException();
}
