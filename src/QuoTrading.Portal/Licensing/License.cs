namespace QuoTrading.Portal.Licensing;

/// <summary>What a customer paid for, found by its key.</summary>
public sealed class License
{
    public long Id { get; set; }

    public long CustomerId { get; set; }

    public Customer? Customer { get; set; }

    /// <summary>SHA-256 of the normalised key: the look-up value, unique. A stolen database yields no key from it.</summary>
    public required byte[] KeyHash { get; set; }

    /// <summary>The key, encrypted with the installation's key ring, for reveal by an administrator.</summary>
    public required string KeyEncrypted { get; set; }

    /// <summary>What people see: <c>ABCD-…-WXYZ</c>.</summary>
    public required string KeyMasked { get; set; }

    /// <summary>What was sold, in the words of the shop: MONTHLY, ADMIN, … Clients read it in messages.</summary>
    public required string Plan { get; set; }

    public LicenseStatus Status { get; set; }

    /// <summary>UTC; null never expires. At this very instant it is expired.</summary>
    public DateTime? ExpiresAt { get; set; }

    /// <summary>How many devices may use the license at a time; at least 1.</summary>
    public int Seats { get; set; } = 1;

    /// <summary>What becomes of a fingerprint that is used in two places; null as it is set for all licenses.</summary>
    public CopiedDevices? CopiedDevices { get; set; }

    public string? Note { get; set; }

    /// <summary>UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>UTC.</summary>
    public DateTime UpdatedAt { get; set; }

    /// <summary>Grows with every change; the second of two editors is told.</summary>
    public int Version { get; set; } = 1;
}

public enum LicenseStatus
{
    Active,
    Suspended,
    Cancelled,
}
