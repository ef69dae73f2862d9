using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Bench.Lists;

/// <summary>A license as the generator knows it, with where and on what it is used.</summary>
internal sealed record MadeLicense(long Id, long CustomerId, string Email, string Key, string Plan, LicenseStatus Status, DateTime? ExpiresAt, DateTime CreatedAt, int Seats, string[] Devices, string[] Addresses)
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private static readonly string[] Plans = ["MONTHLY", "MONTHLY", "MONTHLY", "MONTHLY", "MONTHLY", "ANNUAL", "ANNUAL", "ANNUAL", "LIFETIME", "TRIAL"];
    private static readonly string[] First = ["ada", "bruno", "chiara", "daniel", "elif", "farid", "greta", "hugo", "ines", "jonas", "keiko", "luis", "mara", "nikhil", "olga", "pavel"];
    private static readonly string[] Houses = ["northgate.example", "brightwater.example", "mail.example", "lakeside.example", "trading.example"];

    public string KeyMasked => LicenseKey.Mask(Key);

    /// <summary>Three of four customers have one license; some resellers have hundreds. One in seven computers is rented, behind an address of many.</summary>
    public static MadeLicense Make(Random random, long id, int customers, DateTime now)
    {
        var customer = id <= customers ? id : random.Next(10) == 0 ? 1 + random.Next(20) : 1 + random.Next(customers);
        var plan = Plans[random.Next(Plans.Length)];
        var devices = new string[random.Next(10) switch { < 7 => 1, < 9 => 2, _ => 3 }];
        for (var i = 0; i < devices.Length; i++) devices[i] = random.NextInt64().ToString("x16");
        var addresses = new string[random.Next(1, 4)];
        for (var i = 0; i < addresses.Length; i++)
            addresses[i] = random.Next(7) == 0 ? $"203.0.{random.Next(2)}.{random.Next(1, 250)}" : $"{random.Next(11, 200)}.{random.Next(256)}.{random.Next(256)}.{random.Next(1, 255)}";
        return new MadeLicense(id, customer, EmailOf(customer), KeyOf(random), plan,
            random.Next(100) switch { < 3 => LicenseStatus.Suspended, < 12 => LicenseStatus.Cancelled, _ => LicenseStatus.Active },
            plan == "LIFETIME" ? null : now.AddMinutes(random.Next(-200, 365) * 1440 + random.Next(1440)), now.AddMinutes(-random.Next(400 * 1440)), random.Next(20) == 0 ? 3 : 1, devices, addresses);
    }

    public static string EmailOf(long customer) => $"{First[customer % First.Length]}.{customer}@{Houses[customer % Houses.Length]}";

    /// <summary>Many computers are called the same.</summary>
    public static string DeviceNameOf(long license) => $"PC-{license % 1000}";

    private static string KeyOf(Random random)
    {
        var symbols = random.GetItems<char>(Alphabet, 25);
        return string.Join('-', symbols.Chunk(5).Select(group => new string(group)));
    }
}
