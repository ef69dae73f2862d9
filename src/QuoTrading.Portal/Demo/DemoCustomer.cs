using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Demo;

/// <summary>How somebody uses his license.</summary>
internal enum DemoHabit
{
    /// <summary>One machine, on trading days.</summary>
    Trader,

    /// <summary>A machine at home and a laptop, one after the other.</summary>
    TwoMachines,

    /// <summary>One machine that trades several symbols, a process each.</summary>
    Symbols,

    /// <summary>Gave the key to friends.</summary>
    Sharer,

    /// <summary>Has not been seen for long.</summary>
    Asleep,
}

/// <summary>An invented customer with his license.</summary>
/// <param name="Key">Whole.</param>
/// <param name="Machines">The first is his own.</param>
internal sealed record DemoCustomer(
    string Name, string Email, string Key, string Plan, LicenseStatus Status, DateTime? ExpiresAt, DateTime CreatedAt, DemoHabit Habit, IReadOnlyList<DemoMachine> Machines)
{
    public long LicenseId { get; set; }

    public long CustomerId { get; set; }

    public bool IsUsable(DateTime utcNow) => Status == LicenseStatus.Active && !(ExpiresAt <= utcNow);
}

/// <summary>A computer.</summary>
/// <param name="Address">From the ranges that are kept for examples.</param>
/// <param name="Symbols">What its bots trade; one fingerprint a symbol where there are several.</param>
internal sealed record DemoMachine(string Name, string Fingerprint, string Address, IReadOnlyList<string> Symbols)
{
    /// <summary>As newer bots make it: of the machine's and the symbol.</summary>
    public string FingerprintOf(string symbol) => Symbols.Count == 1 ? Fingerprint : DemoNames.Fingerprint($"{Fingerprint}:{symbol}");
}
