namespace QuoTrading.Portal.Bench.History;

/// <summary>Whether a license is good at all, as an administrator left it.</summary>
public enum Standing
{
    Active,
    Suspended,
    Cancelled,
}

/// <summary>What a license allows.</summary>
/// <param name="ExpiresAt">On the clock of the run; null: not while it lasts.</param>
public sealed record Terms(Standing Standing, TimeSpan? ExpiresAt, int Seats);

/// <summary>A change of a license's terms. Asked for until it was answered, and before that nobody asked for the next.</summary>
/// <param name="Terms">As they are from then on.</param>
/// <param name="Answered">Null where no answer came: then they may be in force or not.</param>
public sealed record TermsChange(int License, TimeSpan Sent, TimeSpan? Answered, Terms Terms);
