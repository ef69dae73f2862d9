using System.Security.Cryptography;
using System.Text;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Demo;

/// <summary>Invents customers and machines. The same in each run, except for the keys and the dates.</summary>
internal static class DemoNames
{
    public const int Customers = 200;

    private static readonly string[] First =
    [
        "Ada", "Ben", "Clara", "David", "Elena", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Kira", "Liam", "Mona", "Nils", "Olga", "Pavel", "Quinn", "Rosa", "Sven", "Tara",
    ];

    private static readonly string[] Last =
    [
        "Abel", "Berg", "Costa", "Dorn", "Ekman", "Falk", "Grant", "Holt", "Ivers", "Jansen", "Kaya", "Lund", "Meyer", "Novak", "Ortiz", "Petrov", "Reyes", "Silva", "Toma", "Weber",
    ];

    private static readonly string[] Hosts = ["OFFICE", "DESKTOP", "TRADER", "VPS", "HOME", "LAPTOP", "WIN", "NODE"];
    private static readonly string[] Symbols = ["ES", "NQ", "MES", "MNQ", "CL", "GC", "RTY", "YM"];

    public static IReadOnlyList<DemoCustomer> Invent(DateTime utcNow)
    {
        var random = new Random(20);
        return [.. Enumerable.Range(0, Customers).Select(i => Invent(i, random, utcNow))];
    }

    public static string Fingerprint(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];

    private static DemoCustomer Invent(int i, Random random, DateTime utcNow)
    {
        var first = First[i % First.Length];
        var last = Last[(i + (i / First.Length)) % Last.Length];
        var habit = (i % 25) switch
        {
            3 => DemoHabit.Sharer,
            7 or 15 => DemoHabit.TwoMachines,
            11 or 19 => DemoHabit.Symbols,
            5 or 13 or 21 => DemoHabit.Asleep,
            _ => DemoHabit.Trader,
        };
        var plan = (i % 10) switch { 0 => "LIFETIME", < 3 => "YEARLY", _ => "MONTHLY" };
        DateTime? expires = plan switch
        {
            "LIFETIME" => null,
            "YEARLY" => utcNow.AddDays(random.Next(5, 360)).AddMinutes(random.Next(1440)),
            _ => utcNow.AddDays(random.Next(1, 31)).AddMinutes(random.Next(1440)),
        };
        var status = (i % 40) switch { 17 => LicenseStatus.Suspended, 33 => LicenseStatus.Cancelled, _ => LicenseStatus.Active };
        if (habit == DemoHabit.Asleep && i % 2 == 1) expires = utcNow.AddDays(-random.Next(1, 25));
        var machines = Enumerable.Range(0, habit switch { DemoHabit.Sharer => 3, DemoHabit.TwoMachines => 2, _ => 1 }).Select(m => Machine(i, m, habit, random)).ToList();
        return new DemoCustomer($"{first} {last}", $"{first}.{last}{(i >= 100 ? i.ToString() : "")}@example.com".ToLowerInvariant(), LicenseKey.Create(), plan, status, expires,
            utcNow.AddDays(-random.Next(31, 400)), habit, machines);
    }

    private static DemoMachine Machine(int customer, int number, DemoHabit habit, Random random)
    {
        var range = (customer % 3) switch { 0 => "203.0.113", 1 => "198.51.100", _ => "192.0.2" };
        var symbols = habit == DemoHabit.Symbols ? Symbols.Skip(customer % 4).Take(3).ToArray() : [Symbols[random.Next(Symbols.Length)]];
        return new DemoMachine($"{Hosts[random.Next(Hosts.Length)]}-{random.Next(10, 99)}", Fingerprint($"demo {customer} {number}"), $"{range}.{1 + ((customer + (number * 83)) % 250)}", symbols);
    }
}
