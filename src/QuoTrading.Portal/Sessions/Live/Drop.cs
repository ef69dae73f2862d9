using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>The last stream of a session dropped without a release.</summary>
/// <param name="Streamed">By program, when its last stream dropped; milliseconds of service time.</param>
/// <param name="AtMs">When the session's last stream dropped, in milliseconds of service time.</param>
internal sealed record Drop(KeyHash Key, string Device, long LicenseId, Guid SessionId, IReadOnlyDictionary<string, long> Streamed, long AtMs);

/// <summary>What dropped streams mean for their sessions.</summary>
/// <param name="Lost">They have the disconnect grace to come back.</param>
/// <param name="Waived">A mass drop: the grace is waived, also for those that began it a moment ago.</param>
/// <param name="NewlyWaived">How many of them were not yet waived at the last call.</param>
/// <param name="Of">How many streams were open before the drops.</param>
/// <param name="LeastMs">The least time that the lost ones have, whatever the grace; milliseconds.</param>
internal sealed record DropVerdict(IReadOnlyList<Drop> Lost, IReadOnlyList<Drop> Waived, int NewlyWaived, int Of, long LeastMs)
{
    public bool IsMass => Waived.Count > 0;
}
