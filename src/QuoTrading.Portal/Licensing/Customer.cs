namespace QuoTrading.Portal.Licensing;

/// <summary>A buyer of licenses. One row for each e-mail address.</summary>
public sealed class Customer
{
    public long Id { get; set; }

    /// <summary>Trimmed and lower-cased by <see cref="EmailAddress.TryNormalise"/>; unique.</summary>
    public required string Email { get; set; }

    public string? Name { get; set; }

    /// <summary>The customer's number in the system that the portal replaces.</summary>
    public string? AccountId { get; set; }

    /// <summary>UTC.</summary>
    public DateTime CreatedAt { get; set; }

    public IList<License> Licenses { get; } = [];
}
