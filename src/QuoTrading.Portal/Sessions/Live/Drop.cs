using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>The last stream of a session went without a release.</summary>
/// <param name="Streamed">By program, when its last stream dropped; milliseconds of service time.</param>
/// <param name="AtMs">When, in milliseconds of service time.</param>
internal sealed record Drop(KeyHash Key, string Device, long LicenseId, Guid SessionId, IReadOnlyDictionary<string, long> Streamed, long AtMs);

/// <summary>What streams that dropped say about their sessions.</summary>
/// <param name="Lost">They have the grace to come back.</param>
/// <param name="Waived">The grace is waived: also for those that began it a moment ago.</param>
/// <param name="NewlyWaived">How many of them were not, at the last call.</param>
/// <param name="Of">How many streams there were.</param>
/// <param name="LeastMs">What those lost have at least, whatever the grace.</param>
internal sealed record DropVerdict(IReadOnlyList<Drop> Lost, IReadOnlyList<Drop> Waived, int NewlyWaived, int Of, long LeastMs)
{
    public bool IsMass => Waived.Count > 0;
}
