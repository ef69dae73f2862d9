using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.History;

/// <summary>
/// Which devices used a license in the last <see cref="SharingSignals.Days"/> days, and which licenses are most likely shared. Reads the
/// store.
/// </summary>
public sealed class LicenseUsage(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    // Limits per license: a page is not read further, and the signs are clear with far fewer rows.
    private const int MostSessions = 2000;
    private const int MostRefusals = 2000;

    private static readonly string?[] OverLimit =
        [.. Enum.GetValues<DailyLimit>().Select(what => WireNames.RefusalCode(new Outcome.TooMuchToday(what, 0)))];

    private static readonly string Conflict = WireNames.RefusalCode(new Outcome.Conflict("", 0))!;

    /// <summary>The use of one license.</summary>
    /// <returns>Null if there is no such license.</returns>
    public async Task<LicenseUse?> ReadAsync(long licenseId, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var seats = await db.Licenses.Where(l => l.Id == licenseId).Select(l => (int?)l.Seats).SingleOrDefaultAsync(cancel);
        return seats is { } count ? await ReadAsync(db, licenseId, count, cancel) : null;
    }

    /// <summary>The licenses that show signs of sharing, the likeliest first. Cancelled ones are left out: they cannot be used.</summary>
    /// <param name="candidates">
    /// The most licenses to read for each of four reasons: copied devices, a day's limit exceeded, most conflicts, most devices.
    /// </param>
    public async Task<IReadOnlyList<SharedLicense>> MostSharedAsync(int candidates, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var looked = await CandidatesAsync(db, candidates, cancel);
        var licenses = await db.Licenses.AsNoTracking().Where(l => looked.Contains(l.Id) && l.Status != LicenseStatus.Cancelled)
            .Select(l => new { l.Id, l.Customer!.Email, l.Customer.Name, l.KeyMasked, l.Seats }).ToListAsync(cancel);
        var (from, firstEvent) = (From(), await EventQueries.FirstAtAsync(db, From(), cancel));
        var ranked = new List<SharedLicense>();
        foreach (var license in licenses)
        {
            var signals = await ReadSignalsAsync(db, license.Id, license.Seats, from, firstEvent, cancel);
            if (signals.Level != SharingLevel.None) ranked.Add(new SharedLicense(license.Id, license.Email, license.Name, license.KeyMasked, signals));
        }

        return [.. ranked.OrderByDescending(shared => shared.Signals.Score).ThenByDescending(shared => shared.Signals.Conflicts).ThenBy(shared => shared.LicenseId)];
    }

    // Cheap queries by index find the candidates. Only those are read in full.
    private async Task<List<long>> CandidatesAsync(PortalDbContext db, int most, CancellationToken cancel)
    {
        var from = From();
        var first = await EventQueries.FirstAtAsync(db, from, cancel);
        var fought = await db.SessionEvents.Where(e => e.Code == Conflict && e.Id >= first && e.LicenseId != null)
            .GroupBy(e => e.LicenseId!.Value).OrderByDescending(group => group.Count()).ThenBy(group => group.Key).Select(group => group.Key).Take(most).ToListAsync(cancel);
        var crowded = await db.LicenseDevices.Where(d => d.LastLoginAt >= from)
            .GroupBy(d => d.LicenseId).Where(group => group.Count() > 1)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key).Select(group => group.Key).Take(most).ToListAsync(cancel);
        var copied = await db.SessionEvents.Where(e => e.Kind == EventKind.CopiedDevice && e.Id >= first && e.LicenseId != null)
            .GroupBy(e => e.LicenseId!.Value).OrderByDescending(group => group.Count()).ThenBy(group => group.Key).Select(group => group.Key).Take(most).ToListAsync(cancel);
        var over = await db.SessionEvents.Where(e => OverLimit.Contains(e.Code) && e.Id >= first && e.LicenseId != null)
            .Select(e => e.LicenseId!.Value).Distinct().OrderBy(id => id).Take(most).ToListAsync(cancel);
        return [.. copied.Union(over).Union(fought).Union(crowded)];
    }

    // The same rows as for the page of the license, but only the columns that the signs need.
    private static async Task<SharingSignals> ReadSignalsAsync(PortalDbContext db, long licenseId, int seats, DateTime from, long firstEvent, CancellationToken cancel)
    {
        var uses = await SessionsOf(db, licenseId, from).Select(r => new DeviceUse(r.Device, r.Address, r.StartedAt, r.EndedAt, r.Seat)).ToListAsync(cancel);
        var refusals = await RefusalsOf(db, licenseId, firstEvent).Select(e => new { e.Code, e.Device, e.Address, e.At, e.Count }).ToListAsync(cancel);
        return SharingSignals.Of(
            seats,
            uses,
            [.. refusals.Where(e => e.Code == Conflict).Select(e => new SeatConflict(e.Device!, e.Address ?? "", e.At, e.Count))],
            await CopiesAsync(db, licenseId, firstEvent, cancel),
            refusals.Where(e => OverLimit.Contains(e.Code)).Sum(e => e.Count));
    }

    private static Task<CopyEvents?> CopiesAsync(PortalDbContext db, long licenseId, long firstEvent, CancellationToken cancel) => db.SessionEvents
        // Kind is compared in an expression, which no index covers, so that the index on the license is used.
        .Where(e => e.LicenseId == licenseId && e.Id >= firstEvent && (e.Kind == EventKind.CopiedDevice) == (e.Count > 0))
        .GroupBy(e => 1).Select(all => new CopyEvents(all.Select(e => e.Device).Distinct().Count(), all.Count(), all.Sum(e => e.Count))).SingleOrDefaultAsync(cancel);

    private static IQueryable<PastSession> SessionsOf(PortalDbContext db, long licenseId, DateTime from)
    {
        var first = SessionQueries.FirstAt(from);
        return db.SessionHistory.AsNoTracking()
            .Where(r => r.LicenseId == licenseId && (r.SessionId >= first || r.EndedAt == null || r.EndedAt >= from))
            .OrderByDescending(r => r.SessionId).Take(MostSessions);
    }

    private static IQueryable<SessionEvent> RefusalsOf(PortalDbContext db, long licenseId, long firstEvent) => db.SessionEvents.AsNoTracking()
        // Kind is compared in an expression, which no index covers, so that the index on the license is used.
        .Where(e => e.LicenseId == licenseId && e.Id >= firstEvent && (e.Kind == EventKind.Refused) == (e.Count > 0) && e.Device != null)
        .OrderByDescending(e => e.Id).Take(MostRefusals);

    private async Task<LicenseUse> ReadAsync(PortalDbContext db, long licenseId, int seats, CancellationToken cancel)
    {
        var (from, to) = (From(), time.GetUtcNow().UtcDateTime);
        var sessions = await SessionsOf(db, licenseId, from).ToListAsync(cancel);
        var firstEvent = await EventQueries.FirstAtAsync(db, from, cancel);
        var refusals = await RefusalsOf(db, licenseId, firstEvent).ToListAsync(cancel);
        var devices = await db.LicenseDevices.AsNoTracking().Where(d => d.LicenseId == licenseId).OrderByDescending(d => d.LastLoginAt).ThenBy(d => d.Device).ToListAsync(cancel);
        var signals = SharingSignals.Of(
            seats,
            sessions.ConvertAll(r => new DeviceUse(r.Device, r.Address, r.StartedAt, r.EndedAt, r.Seat)),
            [.. refusals.Where(e => e.Code == Conflict).Select(e => new SeatConflict(e.Device!, e.Address ?? "", e.At, e.Count))],
            await CopiesAsync(db, licenseId, firstEvent, cancel),
            refusals.Where(e => OverLimit.Contains(e.Code)).Sum(e => e.Count));
        return new LicenseUse(from, to, devices, sessions, refusals, signals);
    }

    private DateTime From() => time.GetUtcNow().UtcDateTime.AddDays(-SharingSignals.Days);
}

/// <summary>The use of one license.</summary>
/// <param name="From">UTC.</param>
/// <param name="To">UTC: now.</param>
/// <param name="Devices">All that ever logged in, the latest login first.</param>
/// <param name="Sessions">Those between <paramref name="From"/> and <paramref name="To"/>, newest first.</param>
/// <param name="Refusals">Those between <paramref name="From"/> and <paramref name="To"/> that named a device, newest first.</param>
public sealed record LicenseUse(
    DateTime From,
    DateTime To,
    IReadOnlyList<LicenseDevice> Devices,
    IReadOnlyList<PastSession> Sessions,
    IReadOnlyList<SessionEvent> Refusals,
    SharingSignals Signals);

/// <summary>A license that may be shared, with the signs of it.</summary>
public sealed record SharedLicense(long LicenseId, string CustomerEmail, string? CustomerName, string KeyMasked, SharingSignals Signals);
