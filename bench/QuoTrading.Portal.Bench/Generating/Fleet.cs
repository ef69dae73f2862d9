using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Generating;

/// <summary>The licenses of a run and their devices: few devices a license, so that they meet.</summary>
public static class Fleet
{
    private const int Addresses = 6;

    /// <param name="keys">Of licenses with one seat.</param>
    /// <param name="twoSeatKeys">Of licenses with two.</param>
    public static IReadOnlyList<LicenseLayout> Create(IEnumerable<string> keys, IEnumerable<string> twoSeatKeys)
    {
        var one = keys.Select((key, i) => new LicenseLayout(key, 1, (i % 3) switch
        {
            0 => Computers(i, 3),
            1 => Computers(i, 4),
            _ => SymbolBots(i),
        }));
        var two = twoSeatKeys.Select((key, i) => new LicenseLayout(key, 2, Computers(1000 + i, 4)));
        return [.. one, .. two];
    }

    public static string AddressOf(int number) => $"127.0.1.{1 + (number % Addresses)}";

    private static DeviceLayout[] Computers(int license, int count) =>
        [.. Enumerable.Range(0, count).Select(device => new DeviceLayout(Fingerprint(license, device), AddressOf(license + device), null))];

    // Two bots on one computer share a seat; one elsewhere with another symbol, and one here with the same symbol, do not.
    private static DeviceLayout[] SymbolBots(int license) =>
    [
        new(Fingerprint(license, 0), AddressOf(license), "ES"),
        new(Fingerprint(license, 1), AddressOf(license), "NQ"),
        new(Fingerprint(license, 2), AddressOf(license + 1), "CL"),
        new(Fingerprint(license, 3), AddressOf(license), "ES"),
    ];

    private static string Fingerprint(int license, int device) => $"{license:x5}{(char)('a' + device)}ff{license * 7919:x8}";
}
