using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Generating;

/// <summary>The licenses of a run and their devices: few devices a license, so that they meet.</summary>
public static class Fleet
{
    /// <summary>More new devices than this a license may not have in a day, for each seat.</summary>
    public const int NewDevicesPerSeat = 4;

    /// <summary>Fewer than some licenses invent symbols.</summary>
    public const int DevicesPerSeat = 3;

    private const int Networks = 60;

    private static readonly string[] Es = ["ES", "es", " ES ", "Es"];

    /// <param name="keys">Of licenses with one seat.</param>
    /// <param name="twoSeatKeys">Of licenses with two.</param>
    public static IReadOnlyList<Cast> Create(IEnumerable<string> keys, IEnumerable<string> twoSeatKeys)
    {
        var one = keys.Select((key, i) => (i % 16) switch
        {
            0 or 3 => Computers(key, 1, i, 3),
            1 or 4 => Computers(key, 1, i, 4),
            2 or 5 => SymbolBots(key, i),
            9 => Pair(key, i),
            6 => Inventors(key, i),
            7 or 11 => Parting(key, 1, i),
            8 => Flooded(key, i),
            10 => Copied(key, i, refuses: i % 32 == 10 ? true : null),
            12 or 14 => Proving(key, i),
            13 => Laptops(key, i),
            _ => Crowd(key, i),
        });
        var two = twoSeatKeys.Select((key, i) => i % 3 == 2 ? Parting(key, 2, 1000 + i) : Computers(key, 2, 1000 + i, 4));
        return [.. one, .. two];
    }

    private static Cast Computers(string key, int seats, int license, int count) => Make(key, seats, license,
        [.. Enumerable.Range(0, count).Select(device => new Role(device, At(license, device)))]);

    // Two bots on one computer, which moves, share a seat; one elsewhere with another symbol, and one here with the same symbol, do not.
    private static Cast SymbolBots(string key, int license)
    {
        var laptop = Roaming(license, 1);
        return Make(key, 1, license,
        [
            new Role(0, laptop) { Spellings = Es, IsOld = license % 4 > 0, IsSteady = true },
            new Role(1, laptop) { Spellings = ["NQ", "nq "], IsOld = true, IsSteady = true },
            new Role(2, At(license, 5)) { Spellings = ["CL"], IsOld = true },
            new Role(3, laptop) { Spellings = Es },
        ], new Journey([laptop], Part: false));
    }

    // The same with nobody else who could lead the seat, so that it is certain who does.
    private static Cast Pair(string key, int license)
    {
        var laptop = Roaming(license, 1);
        return Make(key, 1, license,
        [
            new Role(0, laptop) { Spellings = Es, IsOld = true, IsSteady = true },
            new Role(1, laptop) { Spellings = ["NQ"], IsOld = true, IsSteady = true },
            new Role(2, At(license, 2)),
        ], new Journey([laptop], Part: false));
    }

    // More symbols than a seat has devices, one of them spelled in two ways, one that is none, and one bot that names its program.
    private static Cast Inventors(string key, int license)
    {
        var server = At(license, 0);
        return Make(key, 1, license,
        [
            new Role(0, server) { Spellings = Es, IsOld = true, IsSteady = true },
            new Role(1, server) { Spellings = ["NQ"], IsOld = true, IsSteady = true },
            new Role(2, server) { Spellings = ["S1", "s1"], IsOld = true },
            new Role(3, server) { Spellings = ["S2"], IsOld = true },
            new Role(4, server) { Spellings = ["es ", "ES"], IsOld = true },
            new Role(5, server) { Spellings = ["E S", "-ES", "ES!", "ABCDEFGHIJKLMNOPQRSTU"], IsOld = true },
            new Role(6, server) { Spellings = ["CL"], App = "bot" },
        ]);
    }

    // Two bots that log in from one network and then beat from two.
    private static Cast Parting(string key, int seats, int license)
    {
        Machine[] pair = [new Machine(Host(license, 0), Network(license), Network(license)), new Machine(Host(license, 1), Network(license), Network(license + 1))];
        return Make(key, seats, license,
        [
            new Role(0, pair[0]) { Spellings = Es, IsOld = true, IsSteady = true },
            new Role(1, pair[1]) { Spellings = ["NQ"], IsOld = true, IsSteady = true },
            .. seats > 1 ? [new Role(2, At(license, 2))] : Array.Empty<Role>(),
        ], new Journey(pair, Part: true));
    }

    // A stranger asks for it far more often than he may.
    private static Cast Flooded(string key, int license) => Make(key, 1, license,
    [
        new Role(0, At(license, 0)) { IsSteady = true, Hurries = license % 32 < 16 },
        new Role(1, At(license, 1)) { Hurries = true },
        new Role(2, At(license, 2)) { Floods = true },
        new Role(3, At(license, 3)) { Floods = true },
    ]);

    // The first one's fingerprint is used in two places.
    private static Cast Copied(string key, int license, bool? refuses) => Make(key, 1, license,
    [
        new Role(0, At(license, 0)) { IsOld = true, IsSteady = true },
        new Role(0, At(license, 1)) { IsOld = true, IsSteady = true },
        new Role(1, At(license, 2)),
    ], refuses: refuses);

    // New clients, which prove their installation; somebody has the fingerprint of the first, and not its secret.
    private static Cast Proving(string key, int license)
    {
        var laptop = Roaming(license, 1);
        return Make(key, 1, license,
        [
            new Role(0, laptop) { App = "bot", Install = InstallOf(license, 0), IsSteady = true },
            new Role(0, At(license, 5)) { App = "bot", IsSteady = true },
            new Role(1, At(license, 6)) { App = "bot", Install = InstallOf(license, 1) },
            new Role(2, At(license, 7)),
        ], new Journey([laptop], Part: false));
    }

    private static Cast Laptops(string key, int license)
    {
        Machine[] laptops = [Roaming(license, 1), Roaming(license + 1, 2), Roaming(license + 2, 3)];
        return Make(key, 1, license, [.. laptops.Select((laptop, device) => new Role(device, laptop) { IsSteady = device == 0 })], laptops.Select(laptop => new Journey([laptop], Part: false)).ToArray());
    }

    // One license for more devices than may be new in a day.
    private static Cast Crowd(string key, int license) => Make(key, 1, license,
        [.. Enumerable.Range(0, 3 * NewDevicesPerSeat).Select(device => new Role(device, At(license, device)))]);

    private static Cast Make(string key, int seats, int license, Role[] roles, params Journey[] journeys) => Make(key, seats, license, roles, refuses: null, journeys);

    private static Cast Make(string key, int seats, int license, Role[] roles, bool? refuses, params Journey[] journeys)
    {
        var devices = roles.GroupBy(role => role.Device).OrderBy(device => device.Key).Select(device => device.First())
            .Select(role => new DeviceLayout(Fingerprint(license, role.Device), SymbolOf(role), role.App is not null, role.Install is not null));
        return new Cast(new LicenseLayout(key, seats, [.. devices]) { RefusesCopies = refuses }, roles, journeys);
    }

    private static string? SymbolOf(Role role) => role.Spellings.Count > 0 && role.Spellings[0].Trim() is var one && one.All(char.IsAsciiLetterOrDigit) ? one.ToUpperInvariant() : null;

    private static Machine At(int license, int device) => new(Host(license, device), Network(license + device));

    private static Machine Roaming(int license, int host) => new(host, Network(license), Network(license + 11), Network(license + 23));

    private static int Network(int number) => 1 + (number % Networks);

    private static int Host(int license, int device) => 10 + ((license + device) % 6);

    private static string InstallOf(int license, int device) => $"{license:x8}{device:x8}".PadRight(64, 'e');

    private static string Fingerprint(int license, int device) => $"{license:x5}{(char)('a' + device)}ff{license * 7919:x8}";
}
