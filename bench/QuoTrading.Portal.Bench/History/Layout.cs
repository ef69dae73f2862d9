namespace QuoTrading.Portal.Bench.History;

/// <summary>One device of a license.</summary>
/// <param name="Fingerprint">Its first eight characters tell it from the license's others.</param>
/// <param name="Address">Where its requests come from.</param>
/// <param name="Symbol">The symbol that it names in every request; null: none.</param>
public sealed record DeviceLayout(string Fingerprint, string Address, string? Symbol)
{
    /// <summary>Whether both may sit on one seat.</summary>
    public bool CanShare(DeviceLayout other) => Symbol is not null && other.Symbol is not null && Symbol != other.Symbol && Address == other.Address;
}

/// <summary>A license and its devices.</summary>
public sealed record LicenseLayout(string Key, int Seats, IReadOnlyList<DeviceLayout> Devices)
{
    /// <summary>How many seats these devices need at the least.</summary>
    public int SeatsFor(IEnumerable<int> devices)
    {
        var alone = 0;
        var sharing = new Dictionary<(string Address, string Symbol), int>();
        foreach (var device in devices.Select(d => Devices[d]))
            if (device.Symbol is null) alone++;
            else sharing[(device.Address, device.Symbol)] = sharing.GetValueOrDefault((device.Address, device.Symbol)) + 1;
        return alone + sharing.GroupBy(pair => pair.Key.Address, StringComparer.Ordinal).Sum(address => address.Max(pair => pair.Value));
    }
}
