using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace QuoTrading.Portal.Api.Clients;

/// <summary>
/// A token bucket for each of very many callers. It costs one number a caller, and only for those whose bucket is not full; there
/// is no timer and no common lock, as a table of the framework's limiters has them. Time is the test's.
/// </summary>
/// <param name="allowance">What each has, unless it is told otherwise at the request.</param>
internal sealed class GcraLimiter<T>(Allowance allowance, TimeProvider time) where T : notnull
{
    /// <summary>Callers that are remembered. Beyond it the next are let through, uncounted: a flood must not lock out whoever is honest.</summary>
    internal const int MostCallers = 100_000;

    // When a caller's bucket will be full again, on the monotonic clock.
    private readonly ConcurrentDictionary<T, long> fullAt = new();
    private int callers;
    private long prunedAt = long.MinValue;

    /// <summary>How many are remembered.</summary>
    internal int Callers => callers;

    /// <summary>Takes one, if there is one.</summary>
    /// <returns>Null if there was; else how many seconds to wait.</returns>
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

    /// <summary>What <see cref="Take(T)"/> would say; takes nothing.</summary>
    public int? Check(T caller)
    {
        var known = fullAt.TryGetValue(caller, out var full);
        return Wait(full, known, time.GetTimestamp(), allowance);
    }

    // A whole one must be there: the smallest part of one has always come back.
    private int? Wait(long full, bool known, long now, Allowance own)
    {
        var missing = known ? full - now - ((own.Burst - 1) * Cost(own)) : 0;
        return missing <= 0 ? null : (int)Math.Max(1, Math.Ceiling(missing / (double)time.TimestampFrequency));
    }

    private long Cost(Allowance own) => Math.Max(1, (long)(time.TimestampFrequency / own.PerSecond));

    private bool MakeRoom(long now)
    {
        if (Volatile.Read(ref callers) < MostCallers) return true;
        // At most once a second, whoever comes first: to look at all of them takes milliseconds.
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
/// <param name="PerSecond">In the long run.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Allowance(int Burst, double PerSecond);
