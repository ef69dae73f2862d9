using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Accounts;

/// <summary>An API token of an administrator's script. Shown once; stored as a hash.</summary>
public sealed class ApiToken
{
    public long Id { get; set; }

    /// <summary>What it is for; unique among tokens that are not revoked.</summary>
    public required string Name { get; set; }

    /// <summary>The first characters, by which people tell tokens apart.</summary>
    public required string Prefix { get; set; }

    /// <summary>SHA-256 of the whole token; unique.</summary>
    public required byte[] Hash { get; set; }

    public PortalRole Role { get; set; }

    /// <summary>UTC.</summary>
    public DateTime CreatedAt { get; set; }

    public required string CreatedBy { get; set; }

    /// <summary>UTC; null if it never expires.</summary>
    public DateTime? ExpiresAt { get; set; }

    /// <summary>UTC; null if it is not revoked.</summary>
    public DateTime? RevokedAt { get; set; }

    /// <summary>UTC, rounded down to the minute.</summary>
    public DateTime? LastUsedAt { get; set; }
}
