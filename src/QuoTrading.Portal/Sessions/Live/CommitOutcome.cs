using System.Runtime.ExceptionServices;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>The result of a <see cref="Commit"/>. Closed.</summary>
internal abstract record CommitOutcome
{
    private CommitOutcome()
    {
    }

    /// <summary>It is on the disk.</summary>
    /// <param name="EventRows">The row ids of its events, in their order.</param>
    public sealed record Durable(IReadOnlyList<long> EventRows) : CommitOutcome;

    /// <summary>Nothing was changed: what is stored does not allow it, as if memory and store differ. A second try may succeed.</summary>
    /// <param name="Command">The command with the bad change; the others can go on without it. Null if that is not known.</param>
    public sealed record Conflict(int? Command, Exception Reason) : CommitOutcome;

    /// <summary>Nothing was changed: the store takes no commits now.</summary>
    public sealed record Unavailable(StoreUnavailableException Reason) : CommitOutcome;

    /// <exception cref="StoreUnavailableException">The outcome is <see cref="Unavailable"/>.</exception>
    public void ThrowUnlessDurable()
    {
        if (this is Unavailable(var unavailable)) ExceptionDispatchInfo.Throw(unavailable);
        if (this is Conflict(_, var reason)) ExceptionDispatchInfo.Throw(reason);
    }
}
