namespace QuoTrading.Portal.Sessions.Measures;

/// <summary>How many requests were refused within the last hour, by the code that clients were told. To the minute.</summary>
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

    /// <summary>The most frequent first; codes that nobody was told are not in it.</summary>
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

    // Empties the minutes that time has come round to.
    private void Turn()
    {
        var current = (long)time.GetElapsedTime(start).TotalMinutes;
        for (var left = Math.Min(Minutes, current - minute); left > 0; left--)
            foreach (var hour in counts.Values) hour[(current - left + 1) % Minutes] = 0;
        minute = current;
    }
}

/// <summary>So many requests that were refused for one reason.</summary>
/// <param name="Code">As clients are told: <c>session_conflict</c>, <c>too_many_requests</c>, …</param>
public sealed record RefusedRequests(string Code, int Count);
