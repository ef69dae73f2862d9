namespace QuoTrading.Portal.Sessions.Measures;

/// <summary>Counts the refused requests of the last hour by their refusal code, in buckets of one minute.</summary>
internal sealed class RecentRefusals(TimeProvider time)
{
    private const int Minutes = 60;

    private readonly Lock counting = new();
    private readonly Dictionary<string, int[]> counts = new(StringComparer.Ordinal);
    private readonly long start = time.GetTimestamp();
    private long minute;

    public void Count(string code)
    {
        lock (counting)
        {
            Turn();
            if (!counts.TryGetValue(code, out var hour)) counts[code] = hour = new int[Minutes];
            hour[minute % Minutes]++;
        }
    }

    /// <summary>The most frequent code first. Codes without a refusal in the last hour are left out.</summary>
    public IReadOnlyList<RefusedRequests> Read()
    {
        lock (counting)
        {
            Turn();
            return [.. counts.Select(code => new RefusedRequests(code.Key, code.Value.Sum()))
                .Where(refused => refused.Count > 0)
                .OrderByDescending(refused => refused.Count).ThenBy(refused => refused.Code, StringComparer.Ordinal)];
        }
    }

    // Clears the buckets that are reused for the minutes since the last call.
    private void Turn()
    {
        var current = (long)time.GetElapsedTime(start).TotalMinutes;
        for (var left = Math.Min(Minutes, current - minute); left > 0; left--)
            foreach (var hour in counts.Values) hour[(current - left + 1) % Minutes] = 0;
        minute = current;
    }
}

/// <summary>How many requests were refused with one code.</summary>
/// <param name="Code">The code in the answer to the client: <c>session_conflict</c>, <c>too_many_requests</c>, …</param>
public sealed record RefusedRequests(string Code, int Count);
