using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>So many requests over one limit.</summary>
/// <param name="Address">Where the last came from; null for all those that there was no place to count one by one.</param>
internal sealed record LimitedRequests(RequestLimit Limit, string? Address, int Count);

/// <summary>
/// Counts requests over a limit in memory, so that whoever floods the portal does not make it write: every few seconds one event
/// a license or address, of a bounded number of them; all others are one event together.
/// </summary>
public sealed partial class LimitTally(TimeProvider time, ILogger<LimitTally> log)
{
    /// <summary>Licenses and addresses that are counted one by one until the next flush.</summary>
    internal const int MostPlaces = 200;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LogPace = TimeSpan.FromMinutes(1);

    private readonly Lock counting = new();
    private readonly Dictionary<RequestLimit, (long At, int Since)> logged = [];
    private Dictionary<Place, LimitedRequests> counts = [];
    private long flushedAt;

    /// <summary>True when there is something to write, and the last time was long enough ago.</summary>
    internal bool IsDue
    {
        get
        {
            lock (counting) return counts.Count > 0 && (flushedAt == 0 || time.GetElapsedTime(flushedAt) >= Pace);
        }
    }

    /// <summary>Notes one request that was told to wait. Does not wait itself.</summary>
    /// <param name="key">The key whose limit it is; null where it is the address's.</param>
    public void Count(RequestLimit limit, KeyHash? key, string address)
    {
        lock (counting)
        {
            Add(counts, new Place(limit, key, key is null ? address : null), new(limit, address, 1));
            Log(limit);
        }
    }

    /// <summary>Inside a unit: writes what was counted, if it is due. It counts again if the unit comes to nothing.</summary>
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
        // A key that is nobody's has no license to be seen at: then it is the address that one wants to know.
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

    // No address: that is in the event, for those who may see it.
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
