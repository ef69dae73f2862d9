using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Accounts;

/// <summary>A key for an administrator's script. Shown once; stored as a hash.</summary>
public sealed class ApiToken
{
    public long Id { get; set; }

    /// <summary>What it is for; unique among those not revoked.</summary>
    public required string Name { get; set; }

    /// <summary>The first characters, by which people tell tokens apart.</summary>
    public required string Prefix { get; set; }

    /// <summary>SHA-256 of the whole token; unique.</summary>
    public required byte[] Hash { get; set; }

    public PortalRole Role { get; set; }

    /// <summary>UTC.</summary>
    public DateTime CreatedAt { get; set; }

    public required string CreatedBy { get; set; }

    /// <summary>UTC; null never.</summary>
    public DateTime? ExpiresAt { get; set; }

    /// <summary>UTC; null while it is good.</summary>
    public DateTime? RevokedAt { get; set; }

    /// <summary>UTC, to the minute.</summary>
    public DateTime? LastUsedAt { get; set; }
}
