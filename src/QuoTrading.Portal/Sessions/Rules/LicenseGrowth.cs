using System.Runtime.InteropServices;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>
/// What each license has begun in its day: 24 hours from the first session. In memory only, so a restart begins a new day. Not
/// thread-safe: used only inside units, which run one after the other.
/// </summary>
internal sealed class LicenseGrowth
{
    private const long DayMs = 24 * 60 * 60 * 1000;
    private const int PruneAbove = 10_000;

    private readonly Dictionary<long, Day> days = [];
    private int pruneAbove = PruneAbove;

    public LicenseToday Of(long licenseId, string device, long nowMs) => days.TryGetValue(licenseId, out var day) && nowMs - day.SinceMs < DayMs
        ? new LicenseToday(day.NewDevices, day.Sessions, day.SinceMs + DayMs - nowMs) { Beyond = day.Beyond?.GetValueOrDefault(device) ?? 0 }
        : new LicenseToday(0, 0, DayMs);

    /// <summary>The license has another key: what clients began with the old key no longer counts.</summary>
    public void Forget(long licenseId) => days.Remove(licenseId);

    /// <summary>A session has begun.</summary>
    /// <param name="isBeyond">The license had reached its limit of sessions; this device may begin some more.</param>
    public void Note(long licenseId, string device, bool isNewDevice, bool isBeyond, long nowMs)
    {
        ref var day = ref CollectionsMarshal.GetValueRefOrAddDefault(days, licenseId, out var known);
        if (!known || nowMs - day.SinceMs >= DayMs) day = new Day(nowMs, 0, 0, null);
        day = day with { Sessions = day.Sessions + 1, NewDevices = day.NewDevices + (isNewDevice ? 1 : 0) };
        if (isBeyond)
        {
            day = day with { Beyond = day.Beyond ?? [] };
            CollectionsMarshal.GetValueRefOrAddDefault(day.Beyond!, device, out _)++;
        }

        if (days.Count <= pruneAbove) return;
        foreach (var (license, old) in days.ToList())
            if (nowMs - old.SinceMs >= DayMs) days.Remove(license);
        pruneAbove = Math.Max(PruneAbove, 2 * days.Count);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Day(long SinceMs, int NewDevices, int Sessions, Dictionary<string, int>? Beyond);
}

/// <summary>What a license has begun in its current day.</summary>
/// <param name="LeftMs">Time until the day ends, in milliseconds of service time.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LicenseToday(int NewDevices, int Sessions, long LeftMs)
{
    /// <summary>Sessions that this device has begun after the license reached its limit of sessions.</summary>
    public int Beyond { get; init; }
}
