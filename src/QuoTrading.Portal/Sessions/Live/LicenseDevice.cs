namespace QuoTrading.Portal.Sessions.Live;

/// <summary>
/// A device that has logged in to a license. An address over its limit is still served for such pairs (docs/protocol.md, Too many
/// requests).
/// </summary>
public sealed class LicenseDevice
{
    public long LicenseId { get; set; }

    public required string Device { get; set; }

    /// <summary>The last name that it sent at a login; searched without regard to case. Null while it never sent one.</summary>
    public string? Name { get; set; }

    /// <summary>The installation that it is bound to: the SHA-256 of a secret of its client, in hexadecimal; null if none.</summary>
    public string? Install { get; set; }

    /// <summary>UTC.</summary>
    public DateTime FirstSeenAt { get; set; }

    /// <summary>UTC.</summary>
    public DateTime LastLoginAt { get; set; }

    public int Logins { get; set; }
}
