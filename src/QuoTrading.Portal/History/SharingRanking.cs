using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.History;

/// <summary>
/// The licenses with signs of sharing, by their strength. It reads the sessions of many days, so it runs at most once a minute,
/// shared by the overview, the list of licenses and its file.
/// </summary>
public sealed class SharingRanking(LicenseUsage usage, TimeProvider time)
{
    // For each of the four reasons. A license that is in none of these lists has weaker signs than those that are.
    private const int Candidates = 150;

    private readonly Cached<IReadOnlyList<SharedLicense>> ranking = new(TimeSpan.FromMinutes(1), time);

    /// <summary>The likeliest first; at most a minute old.</summary>
    public Task<IReadOnlyList<SharedLicense>> ReadAsync(CancellationToken cancel = default) => ranking.GetAsync(token => usage.MostSharedAsync(Candidates, token), cancel);
}
