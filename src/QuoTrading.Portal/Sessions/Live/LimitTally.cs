using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>A number of requests over one limit.</summary>
/// <param name="Address">The address of the last one; null for the common count of all requests that are not counted one by one.</param>
internal sealed record LimitedRequests(RequestLimit Limit, string? Address, int Count);

/// <summary>
/// Counts requests over a limit in memory, so that a flood of requests does not make the portal write: every few seconds one event per
/// license or address, for a bounded number of them; all others are one event together.
/// </summary>
public sealed partial class LimitTally(TimeProvider time, ILogger<LimitTally> log)
{
    /// <summary>The most licenses and addresses that are counted one by one until the next flush.</summary>
    internal const int MostPlaces = 200;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LogPace = TimeSpan.FromMinutes(1);

    private readonly Lock counting = new();
    private readonly Dictionary<RequestLimit, (long At, int Since)> logged = [];
    private Dictionary<Place, LimitedRequests> counts = [];
    private long flushedAt;

    /// <summary>True if there is something to write, and the last flush was long enough ago.</summary>
    internal bool IsDue
    {
        get
        {
            lock (counting) return counts.Count > 0 && (flushedAt == 0 || time.GetElapsedTime(flushedAt) >= Pace);
        }
    }

    /// <summary>Notes one request that was refused by a limit. Does not wait.</summary>
    /// <param name="key">The key that has the limit; null if the address has it.</param>
    public void Count(RequestLimit limit, KeyHash? key, string address)
    {
        lock (counting)
        {
            Add(counts, new Place(limit, key, key is null ? address : null), new(limit, address, 1));
            Log(limit);
        }
    }

    /// <summary>Inside a unit: writes the counts, if due. They count again if the unit is rolled back.</summary>
    internal void Flush(SessionBatch batch, LicenseCache licenses)
    {
        if (!IsDue) return;
        Dictionary<Place, LimitedRequests> taken;
        lock (counting)
        {
            (taken, counts) = (counts, []);
            flushedAt = Math.Max(1, time.GetTimestamp());
        }

        batch.OnRolledBack(() => PutBack(taken));
        // An unknown key has no license that could show the event: then the event's address tells where the requests come from.
        foreach (var (place, requests) in taken) batch.WriteLimited(requests, place.Key is { } key ? licenses.Find(batch.Stored, key) : null);
    }

    private void PutBack(Dictionary<Place, LimitedRequests> taken)
    {
        lock (counting)
            foreach (var (place, requests) in taken) Add(counts, place, requests);
    }

    private static void Add(Dictionary<Place, LimitedRequests> counts, Place place, LimitedRequests more)
    {
        if (!counts.ContainsKey(place) && counts.Count >= MostPlaces) (place, more) = (new Place(more.Limit, null, null), more with { Address = null });
        counts[place] = counts.TryGetValue(place, out var so) ? more with { Count = so.Count + more.Count } : more;
    }

    // The log has no address: the event has it, for people who may see it.
    private void Log(RequestLimit limit)
    {
        var (at, since) = logged.GetValueOrDefault(limit);
        since++;
        if (at == 0 || time.GetElapsedTime(at) >= LogPace)
        {
            LogLimited(since, WireNames.Of(limit));
            (at, since) = (Math.Max(1, time.GetTimestamp()), 0);
        }

        logged[limit] = (at, since);
    }

    private readonly record struct Place(RequestLimit Limit, KeyHash? Key, string? Address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} requests were told to wait (429) by {Limit} since the last such line; the activity events say whose.")]
    private partial void LogLimited(int count, string limit);
}
