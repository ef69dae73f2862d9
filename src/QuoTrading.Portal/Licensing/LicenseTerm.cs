namespace QuoTrading.Portal.Licensing;

/// <summary>How long a new license is valid.</summary>
public abstract record LicenseTerm
{
    /// <summary>A hundred years; more is a typing error.</summary>
    public const int MaxDays = 36_500;

    private LicenseTerm()
    {
    }

    /// <summary>Valid for <paramref name="Count"/> times 24 hours from its creation.</summary>
    public sealed record Days(int Count) : LicenseTerm;

    /// <summary>It never expires.</summary>
    public sealed record Lifetime : LicenseTerm;

    /// <summary>Until an instant, in UTC.</summary>
    public sealed record Until(DateTime Instant) : LicenseTerm;

    /// <returns>The expiry in UTC; null if it never expires.</returns>
    internal DateTime? From(DateTime utcNow) => this switch
    {
        Days days => utcNow.AddDays(days.Count),
        Until until => DateTime.SpecifyKind(until.Instant, DateTimeKind.Utc),
        _ => null,
    };
}
