using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.History;

/// <summary>
/// The licenses with signs of sharing, by their strength. It looks at the sessions of many days, so it is read at most once a minute,
/// for all who look at the overview, the list of licenses and its file.
/// </summary>
public sealed class SharingRanking(LicenseUsage usage, TimeProvider time)
{
    // Twice as many at most: whoever is behind them all has weaker signs than these.
    private const int Candidates = 150;

    private readonly Cached<IReadOnlyList<SharedLicense>> ranking = new(TimeSpan.FromMinutes(1), time);

    /// <summary>The likeliest first; at most a minute old.</summary>
    public Task<IReadOnlyList<SharedLicense>> ReadAsync(CancellationToken cancel = default) => ranking.GetAsync(token => usage.MostSharedAsync(Candidates, token), cancel);
}
