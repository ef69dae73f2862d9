using System.Globalization;
using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Checking;

/// <summary>What the license's own changes do to its sessions: which surely end, which surely go on.</summary>
internal sealed class LicenseEnds
{
    private readonly LicenseOperations license;
    private readonly bool isShared;
    private readonly Dictionary<string, (TimeSpan By, IReadOnlySet<string> Reasons)> sure = new(StringComparer.Ordinal);

    public LicenseEnds(LicenseOperations license)
    {
        this.license = license;
        // Which of the sessions on a seat counts is not worth the trouble: of shared seats nothing is claimed.
        isShared = license.Layout.Devices.Any(device => device.Symbol is not null);
        if (license.Terms.Ends.Count == 0) return;
        foreach (var success in license.All.Where(o => o.ProvesLife)) Find(success);
    }

    /// <summary>The sessions that surely ended, by when, and for which of these reasons.</summary>
    public IReadOnlyDictionary<string, (TimeSpan By, IReadOnlySet<string> Reasons)> Sure => sure;

    /// <summary>Until when a session surely lives that would live until <paramref name="to"/> but for the license.</summary>
    public TimeSpan Cut(Operation success, TimeSpan to)
    {
        foreach (var end in license.Terms.Ends)
        {
            if (end.To <= success.Sent || end.From >= to || Survives(success, end)) continue;
            return end.From > success.Sent ? end.From : success.Sent;
        }

        return to;
    }

    private void Find(Operation success)
    {
        var (_, to) = license.SurelyButForLicense(success);
        var reasons = new HashSet<string>(StringComparer.Ordinal);
        foreach (var end in license.Terms.Ends)
        {
            if (end.To <= success.Sent || end.From >= to || Survives(success, end)) continue;
            reasons.Add(end.Reason);
            if (!end.IsSure || to <= end.To || success.Answered > end.To || !(end.Seats is null || IsSurplus(success, end))) continue;
            // Others may begin before this one is over.
            foreach (var other in license.Terms.Ends.Where(other => other.From < end.To && other.To > success.Sent)) reasons.Add(other.Reason);
            if (!sure.TryGetValue(success.SessionId!, out var known) || end.To < known.By) sure[success.SessionId!] = (end.To, reasons);
            return;
        }
    }

    // Fewer seats end the newest sessions: this one stays if too few others could be older.
    private bool Survives(Operation success, LicenseEnd end) =>
        end.Seats is { } seats && !isShared && Others(success).Count(device => license.Of(device).Any(o => o.MayGrant && o.Sent < end.To
            && (o.SessionId is null || !IsOlder(success.SessionId!, o.SessionId)) && MayLastTo(o, end.From))) < seats;

    // And it ends if enough others surely are.
    private bool IsSurplus(Operation success, LicenseEnd end) =>
        end.Seats is { } seats && !isShared && success.Answered <= end.From && Others(success).Count(device => license.Of(device).Any(o => o.ProvesLife
            && o.Answered <= end.From && IsOlder(o.SessionId!, success.SessionId!) && license.SurelyButForLicense(o).To > end.To
            && !license.Terms.Ends.Any(other => other != end && other.From < end.To && other.To > o.Sent))) >= seats;

    private bool MayLastTo(Operation grant, TimeSpan time) => license.MaybeUntil(grant) > time;

    private IEnumerable<int> Others(Operation success) => Enumerable.Range(0, license.Layout.Devices.Count).Where(device => device != success.Device);

    // docs/protocol.md, Words: a session's number is a UUIDv7, so it begins with the millisecond of its start. Of the same one nothing is claimed.
    private static bool IsOlder(string session, string other) => StartOf(session) < StartOf(other);

    private static long StartOf(string session) => long.Parse(session.AsSpan(0, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture) << 16
        | long.Parse(session.AsSpan(9, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
