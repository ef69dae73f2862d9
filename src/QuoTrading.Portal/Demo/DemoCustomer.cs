using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Demo;

/// <summary>How a customer uses the license.</summary>
internal enum DemoHabit
{
    /// <summary>One machine, on trading days.</summary>
    Trader,

    /// <summary>A machine at home and a laptop, one after the other.</summary>
    TwoMachines,

    /// <summary>One machine that trades several symbols, one process for each.</summary>
    Symbols,

    /// <summary>Gave the key to friends.</summary>
    Sharer,

    /// <summary>Has not used the license for a long time.</summary>
    Asleep,
}

/// <summary>An invented customer with a license.</summary>
/// <param name="Key">In full.</param>
/// <param name="Machines">The first is the customer's own.</param>
internal sealed record DemoCustomer(
    string Name, string Email, string Key, string Plan, LicenseStatus Status, DateTime? ExpiresAt, DateTime CreatedAt, DemoHabit Habit, IReadOnlyList<DemoMachine> Machines)
{
    public long LicenseId { get; set; }

    public long CustomerId { get; set; }

    public bool IsUsable(DateTime utcNow) => Status == LicenseStatus.Active && !(ExpiresAt <= utcNow);
}

/// <summary>A computer of an invented customer.</summary>
/// <param name="Address">From the IP ranges that are reserved for examples.</param>
/// <param name="Symbols">What its bots trade; with several, each symbol has its own fingerprint.</param>
internal sealed record DemoMachine(string Name, string Fingerprint, string Address, IReadOnlyList<string> Symbols)
{
    /// <summary>Made as newer bots make it: from the machine's fingerprint and the symbol.</summary>
    public string FingerprintOf(string symbol) => Symbols.Count == 1 ? Fingerprint : DemoNames.Fingerprint($"{Fingerprint}:{symbol}");
}
