namespace QuoTrading.Portal.Bench.History;

/// <summary>One device of a license.</summary>
/// <param name="Fingerprint">Its first eight characters tell it from the license's others.</param>
/// <param name="Symbol">The symbol that it names in every request, trimmed and in capitals however it spells it; null: none, or one that is invalid.</param>
/// <param name="NamesApp">Names its program in every request: such a device joins nobody, and nobody joins it.</param>
/// <param name="Proves">Sends <c>install</c> with its logins; whoever else uses its fingerprint does not.</param>
public sealed record DeviceLayout(string Fingerprint, string? Symbol, bool NamesApp = false, bool Proves = false)
{
    /// <summary>Whether both may sit on one seat, if they are where they must be.</summary>
    public bool CouldShare(DeviceLayout other) => Symbol is not null && other.Symbol is not null && Symbol != other.Symbol && !NamesApp && !other.NamesApp;
}

/// <summary>A license and its devices.</summary>
public sealed record LicenseLayout(string Key, int Seats, IReadOnlyList<DeviceLayout> Devices)
{
    /// <summary>What it says itself about copied devices; null: as it is set for all.</summary>
    public bool? RefusesCopies { get; init; }

    /// <summary>How many seats these devices need at the least, wherever they are.</summary>
    /// <param name="perSeat">How many devices may be on one seat.</param>
    public int SeatsFor(IEnumerable<int> devices, int perSeat)
    {
        var all = devices.Select(d => Devices[d]).ToList();
        var sharing = all.Where(device => device.Symbol is not null && !device.NamesApp).ToList();
        if (sharing.Count == 0) return all.Count;
        var bySymbol = sharing.GroupBy(device => device.Symbol, StringComparer.Ordinal).Max(symbol => symbol.Count());
        var byNumber = (sharing.Count + perSeat - 1) / perSeat;
        return all.Count - sharing.Count + Math.Max(bySymbol, byNumber);
    }
}
