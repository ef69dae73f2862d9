namespace QuoTrading.Portal.Licensing;

/// <summary>
/// What the portal does about a fingerprint that is used in two places (docs/protocol.md, One device in two places). Stored by name; on
/// the wire <c>report</c> and <c>refuse</c>.
/// </summary>
public enum CopiedDevices
{
    /// <summary>It is reported: an event, a mark on Online, the strongest sign of sharing.</summary>
    Report,

    /// <summary>It is reported, and only the place where the session began is served, until the next login.</summary>
    Refuse,
}
