using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace QuoTrading.Portal.Api.Clients;

/// <summary>
/// A token bucket (GCRA) for each of very many callers. It stores one number per caller, and can forget callers whose bucket is full.
/// Unlike a table of the framework's limiters, it has no timer and no common lock. A test can supply the time.
/// </summary>
/// <param name="allowance">The allowance of a caller, unless the request passes its own.</param>
internal sealed class GcraLimiter<T>(Allowance allowance, TimeProvider time) where T : notnull
{
    /// <summary>
    /// How many callers are remembered at most. Beyond that, new callers pass without being counted: a flood must not lock out honest ones.
    /// </summary>
    internal const int MostCallers = 100_000;

    // When a caller's bucket is full again, in ticks of the monotonic clock.
    private readonly ConcurrentDictionary<T, long> fullAt = new();
    private int callers;
    private long prunedAt = long.MinValue;

    /// <summary>How many callers are remembered now.</summary>
    internal int Callers => callers;

    /// <summary>Takes one request from the bucket, if it holds one.</summary>
    /// <returns>Null if it did; else how many seconds to wait.</returns>
    public int? Take(T caller) => Take(caller, allowance);

    /// <inheritdoc cref="Take(T)"/>
    public int? Take(T caller, Allowance own)
    {
        var cost = Cost(own);
        while (true)
        {
            var now = time.GetTimestamp();
            var known = fullAt.TryGetValue(caller, out var full);
            if (Wait(full, known, now, own) is { } seconds) return seconds;
            if (known)
            {
                if (fullAt.TryUpdate(caller, Math.Max(full, now) + cost, full)) return null;
            }
            else if (!MakeRoom(now))
            {
                return null;
            }
            else if (fullAt.TryAdd(caller, now + cost))
            {
                Interlocked.Increment(ref callers);
                return null;
            }
        }
    }

    /// <summary>What <see cref="Take(T)"/> would return; takes nothing.</summary>
    public int? Check(T caller)
    {
        var known = fullAt.TryGetValue(caller, out var full);
        return Wait(full, known, time.GetTimestamp(), allowance);
    }

    // The bucket must hold a whole request. It refills continuously, so a fraction of one is nearly always there.
    private int? Wait(long full, bool known, long now, Allowance own)
    {
        var missing = known ? full - now - ((own.Burst - 1) * Cost(own)) : 0;
        return missing <= 0 ? null : (int)Math.Max(1, Math.Ceiling(missing / (double)time.TimestampFrequency));
    }

    private long Cost(Allowance own) => Math.Max(1, (long)(time.TimestampFrequency / own.PerSecond));

    private bool MakeRoom(long now)
    {
        if (Volatile.Read(ref callers) < MostCallers) return true;
        // At most once a second, and by one thread: a scan of all callers takes milliseconds.
        var last = Volatile.Read(ref prunedAt);
        if ((last == long.MinValue || now - last >= time.TimestampFrequency) && Interlocked.CompareExchange(ref prunedAt, now, last) == last)
        {
            foreach (var caller in fullAt)
                if (caller.Value <= now && fullAt.TryRemove(caller)) Interlocked.Decrement(ref callers);
        }

        return Volatile.Read(ref callers) < MostCallers;
    }
}

/// <summary>How many requests a caller may make.</summary>
/// <param name="Burst">At once.</param>
/// <param name="PerSecond">On average.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Allowance(int Burst, double PerSecond);
