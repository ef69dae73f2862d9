using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Accounts.Lockout;

/// <summary>
/// One operation at a time for each account: concurrent failures must all count towards the lock-out. Accounts share a few locks, so
/// that made-up addresses cost no memory.
/// </summary>
public sealed class KeyedLock : IDisposable
{
    private readonly SemaphoreSlim[] turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    /// <summary>Waits for the account's lock; disposing the result releases it.</summary>
    /// <param name="db">The request's own context: it drops the entities it has read, which may have changed during the wait.</param>
    public async Task<IDisposable> EnterAsync(string email, PortalDbContext db)
    {
        var turn = turns[(uint)StringComparer.OrdinalIgnoreCase.GetHashCode(email) % (uint)turns.Length];
        await turn.WaitAsync();
        db.ChangeTracker.Clear();
        return new Turn(turn);
    }

    public void Dispose() => Array.ForEach(turns, turn => turn.Dispose());

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
