namespace QuoTrading.Portal.Licensing;

/// <summary>What a customer paid for, found by its key.</summary>
public sealed class License
{
    public long Id { get; set; }

    public long CustomerId { get; set; }

    public Customer? Customer { get; set; }

    /// <summary>SHA-256 of the normalised key: the look-up value, unique. A stolen database does not reveal the key by it.</summary>
    public required byte[] KeyHash { get; set; }

    /// <summary>The key, encrypted with the installation's key ring, so that an administrator can see it again.</summary>
    public required string KeyEncrypted { get; set; }

    /// <summary>The key as people see it: <c>ABCD-…-WXYZ</c>.</summary>
    public required string KeyMasked { get; set; }

    /// <summary>What was sold, in the words of the shop: MONTHLY, ADMIN, … Clients read it in messages.</summary>
    public required string Plan { get; set; }

    public LicenseStatus Status { get; set; }

    /// <summary>UTC; null if it never expires. At this instant it is expired already.</summary>
    public DateTime? ExpiresAt { get; set; }

    /// <summary>How many devices may use the license at a time; at least 1.</summary>
    public int Seats { get; set; } = 1;

    /// <summary>What happens to a fingerprint that is used in two places; null: the setting for all licenses applies.</summary>
    public CopiedDevices? CopiedDevices { get; set; }

    public string? Note { get; set; }

    /// <summary>UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>UTC.</summary>
    public DateTime UpdatedAt { get; set; }

    /// <summary>Increases with every change, so that an edit of an outdated version is detected.</summary>
    public int Version { get; set; } = 1;
}

public enum LicenseStatus
{
    Active,
    Suspended,
    Cancelled,
}
