using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Accounts.Lockout;

/// <summary>
/// One operation at a time for each account: concurrent failures must all count towards the lock-out. Accounts share a few locks, so
/// that made-up addresses cost no memory.
/// </summary>
public sealed class KeyedLock : IDisposable
{
    private readonly SemaphoreSlim[] locks = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    /// <summary>Waits for the account's lock; disposing the result releases it.</summary>
    /// <param name="db">The request's own context: it drops the entities it has read, which may have changed during the wait.</param>
    public async Task<IDisposable> EnterAsync(string email, PortalDbContext db)
    {
        var held = locks[(uint)StringComparer.OrdinalIgnoreCase.GetHashCode(email) % (uint)locks.Length];
        await held.WaitAsync();
        db.ChangeTracker.Clear();
        return new Held(held);
    }

    public void Dispose() => Array.ForEach(locks, held => held.Dispose());

    private sealed class Held(SemaphoreSlim held) : IDisposable
    {
        public void Dispose() => held.Release();
    }
}
