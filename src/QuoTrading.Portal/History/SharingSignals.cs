namespace QuoTrading.Portal.History;

/// <summary>One session of a device, reduced to what shows who uses the license.</summary>
/// <param name="StartedAt">UTC.</param>
/// <param name="EndedAt">UTC; null while it is live.</param>
/// <param name="Seat">Of the license, from 1.</param>
public sealed record DeviceUse(string Device, string Address, DateTime StartedAt, DateTime? EndedAt, int Seat = 1);

/// <summary>A device that found every seat taken.</summary>
/// <param name="At">UTC; the first of <paramref name="Count"/>.</param>
public sealed record SeatConflict(string Device, string Address, DateTime At, int Count);

/// <summary>The events of devices that look copied.</summary>
/// <param name="Devices">How many fingerprints these events are about.</param>
/// <param name="Events">At most one per hour and session.</param>
/// <param name="Times">How often it was seen, over all events.</param>
public sealed record CopyEvents(int Devices, int Events, int Times);

/// <summary>
/// Signs that several people use one license, with the numbers behind them. A machine that trades several symbols shows several
/// fingerprints from one address (docs/protocol.md, Symbol sessions), and a laptop uses many addresses. So devices that ever shared an
/// address count as one place, and only places are signs of sharing.
/// </summary>
/// <param name="Devices">How many devices used the license, or tried to.</param>
/// <param name="Addresses">From how many addresses.</param>
/// <param name="Places">Groups of devices; devices of different groups never shared an address.</param>
/// <param name="ConflictDays">On how many days (UTC) a device found every seat taken while another place used one.</param>
/// <param name="Conflicts">How often that happened, over all days.</param>
/// <param name="MostOnSeat">How many devices were live on one seat at once.</param>
/// <param name="Copies">Events of devices that look copied: at most one per hour and session.</param>
/// <param name="OverLimit">How often a day's limit of new devices, or sessions, was exceeded: no honest license does that.</param>
/// <param name="Returns">How often a place came back after another one had used the license in between: taking turns.</param>
/// <param name="CopiedDevices">How many fingerprints those events are about.</param>
/// <param name="CopiesSeen">How often it was seen, over all of those events.</param>
public sealed record SharingSignals(
    int Devices, int Addresses, int Places, int ConflictDays, int Conflicts, int Returns, int MostOnSeat = 1, int Copies = 0, int OverLimit = 0, int CopiedDevices = 0, int CopiesSeen = 0)
{
    /// <summary>The days that are looked at.</summary>
    public const int Days = 30;

    // One move to a new machine adds one conflict day or one place. People who share a license cause many of them.
    private const int PerConflictDay = 4;
    private const int PerPlace = 5;
    private const int MostOfReturns = 30;

    // docs/protocol.md, Symbol sessions: more than two devices on a seat are a sign, but a machine with many symbols shows it, too.
    private const int OrdinaryOnSeat = 2;
    private const int MoreOnSeat = 6;
    private const int PerDeviceOnSeat = 2;

    // The clearest sign: one machine is in one place.
    private const int Copied = 100;
    private const int OverADay = 40;
    private const int LikelyFrom = 20;
    private const int PossibleFrom = 8;

    /// <summary>Places beyond the license's seats.</summary>
    public int SurplusPlaces { get; private init; }

    /// <summary>Higher is more likely; 0 without any sign. Only for ranking.</summary>
    public int Score => (ConflictDays * PerConflictDay) + (SurplusPlaces * PerPlace) + Math.Min(Returns, MostOfReturns)
        + (MostOnSeat > OrdinaryOnSeat ? MoreOnSeat + ((MostOnSeat - OrdinaryOnSeat) * PerDeviceOnSeat) : 0)
        + (Copies > 0 ? Copied + Math.Min(Copies, Copied) : 0) + (OverLimit > 0 ? OverADay : 0);

    public SharingLevel Level => Score switch
    {
        >= LikelyFrom => SharingLevel.Likely,
        >= PossibleFrom => SharingLevel.Possible,
        _ => SharingLevel.None,
    };

    /// <summary>The signals of a license without any use.</summary>
    public static SharingSignals None { get; } = new(0, 0, 0, 0, 0, 0);

    /// <summary>Computes the signals from what was read of one license. Pure.</summary>
    /// <param name="seats">How many devices may use it at a time: as many places are legitimate.</param>
    /// <param name="copies">The events of devices that look copied; null if there are none.</param>
    /// <param name="overLimit">Refusals because of a day's limit.</param>
    public static SharingSignals Of(int seats, IReadOnlyCollection<DeviceUse> uses, IReadOnlyCollection<SeatConflict> conflicts, CopyEvents? copies = null, int overLimit = 0)
    {
        var places = new Grouping();
        foreach (var use in uses) places.Join(use.Device, use.Address);
        foreach (var conflict in conflicts) places.Join(conflict.Device, conflict.Address);

        // A conflict with a session of the same place, such as an old one that has yet to time out, is no sharing.
        var elsewhere = conflicts.Where(conflict => uses.Any(use => Overlaps(use, conflict.At) && places.Of(use.Device) != places.Of(conflict.Device))).ToList();
        var count = places.Count;
        return new SharingSignals(
            Distinct(uses.Select(use => use.Device).Concat(conflicts.Select(conflict => conflict.Device))),
            Distinct(uses.Select(use => use.Address).Concat(conflicts.Select(conflict => conflict.Address))),
            count,
            elsewhere.Select(conflict => conflict.At.Date).Distinct().Count(),
            elsewhere.Sum(conflict => conflict.Count),
            CountReturns(seats, uses, places),
            CountOnSeat(uses),
            copies?.Events ?? 0,
            overLimit,
            copies?.Devices ?? 0,
            copies?.Times ?? 0)
        {
            SurplusPlaces = Math.Max(0, count - Math.Max(1, seats)),
        };
    }

    // With several seats, as many places may come and go side by side: that is what was sold.
    private static int CountReturns(int seats, IReadOnlyCollection<DeviceUse> uses, Grouping places)
    {
        if (places.Count <= seats) return 0;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        string? last = null;
        var returns = 0;
        foreach (var use in uses.OrderBy(use => use.StartedAt))
        {
            var place = places.Of(use.Device);
            if (last is not null && place != last && seen.Contains(place)) returns++;
            seen.Add(place);
            last = place;
        }

        return returns;
    }

    private static int CountOnSeat(IReadOnlyCollection<DeviceUse> uses)
    {
        var most = 1;
        foreach (var seat in uses.GroupBy(use => use.Seat))
        {
            var there = new List<DeviceUse>();
            foreach (var use in seat.OrderBy(use => use.StartedAt))
            {
                there.RemoveAll(other => other.EndedAt <= use.StartedAt || other.Device == use.Device);
                there.Add(use);
                most = Math.Max(most, there.Count);
            }
        }

        return most;
    }

    private static bool Overlaps(DeviceUse use, DateTime at) => use.StartedAt <= at && !(use.EndedAt < at);

    private static int Distinct(IEnumerable<string> texts) => texts.Distinct(StringComparer.Ordinal).Count();

    // Joins devices by shared addresses; one device of a place names it.
    private sealed class Grouping
    {
        private readonly Dictionary<string, string> parents = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string> firstAt = new(StringComparer.Ordinal);

        public int Count => parents.Keys.Select(Of).Distinct(StringComparer.Ordinal).Count();

        public void Join(string device, string address)
        {
            parents.TryAdd(device, device);
            if (firstAt.TryAdd(address, device)) return;
            parents[Of(device)] = Of(firstAt[address]);
        }

        public string Of(string device)
        {
            while (parents[device] is var parent && parent != device) device = parents[device] = parents[parent];
            return device;
        }
    }
}

/// <summary>How likely the license is shared, from all signs together.</summary>
public enum SharingLevel
{
    None,
    Possible,
    Likely,
}
