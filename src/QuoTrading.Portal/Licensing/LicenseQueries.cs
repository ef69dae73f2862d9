using System.Globalization;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Licensing;

/// <summary>Reads licenses from the store, as lists show them.</summary>
public sealed class LicenseQueries(IDbContextFactory<PortalDbContext> contexts, TimeProvider time)
{
    /// <summary>One page.</summary>
    /// <exception cref="FormatException">A key of the request is malformed.</exception>
    public async Task<Page<LicenseItem>> ReadAsync(LicenseFilter filter, LicenseOrdering ordering, PageRequest request, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var read = new List<LicenseItem>();
        foreach (var rows in LicenseSorting.Sort(Select(db, filter), ordering, request.Before ?? request.After, back: request.Before is not null, areFew: filter.Plan is not null || filter.Among is not null || !string.IsNullOrWhiteSpace(filter.Search)))
            if (read.Count <= request.Size) read.AddRange(await Project(rows.Take(request.Size + 1 - read.Count)).ToListAsync(cancel));
        return Page.Cut(request, read, item => LicenseSorting.KeyOf(item, ordering));
    }

    /// <summary>One page of <see cref="LicenseFilter.Among"/>, in the order of that list.</summary>
    /// <exception cref="FormatException">A key of the request is malformed.</exception>
    public async Task<Page<LicenseItem>> ReadRankedAsync(LicenseFilter filter, PageRequest request, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var rank = (filter.Among ?? []).Select((id, index) => (id, index)).ToDictionary(one => one.id, one => one.index);
        var items = (await Project(Select(db, filter)).ToListAsync(cancel)).OrderBy(item => rank[item.Id]);
        var key = (request.Before ?? request.After) is { } text ? rank.GetValueOrDefault(long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture), -1) : -1;
        // Without its key (the license is deleted, or shows no signs of sharing any more) the list begins at the beginning, in both directions.
        if (key < 0) request = new PageRequest(Size: request.Size);
        var read = request.Before is null ? items.Where(item => rank[item.Id] > key) : items.Where(item => rank[item.Id] < key).Reverse();
        return Page.Cut(request, [.. read.Take(request.Size + 1)], item => item.Id.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>How many there are; for more than <see cref="RowCount.Most"/>, <see cref="RowCount.Limit"/>.</summary>
    public async Task<int> CountAsync(LicenseFilter filter, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await Select(db, filter).Take(RowCount.Limit).CountAsync(cancel);
    }

    /// <summary>All of them, the newest first, for an action on each.</summary>
    /// <param name="most">The most licenses to return.</param>
    public async Task<IReadOnlyList<LicenseTarget>> TargetsAsync(LicenseFilter filter, int most, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await Select(db, filter).OrderByDescending(l => l.Id).Take(most)
            .Select(l => new LicenseTarget(l.Id, l.Customer!.Email, l.KeyMasked)).ToListAsync(cancel);
    }

    /// <summary>Whether one of the words is the whole key of a license: then the search is a secret.</summary>
    public async Task<bool> NamesKeyAsync(string? search, CancellationToken cancel = default)
    {
        var hashes = SearchWords.Of(search).Take(SearchWords.MaxWords).Select(word => KeyHash.Of(word).ToBytes()).ToList();
        if (hashes.Count == 0) return false;
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await db.Licenses.AnyAsync(l => hashes.Contains(l.KeyHash), cancel);
    }

    /// <summary>All of them, the newest first, read page by page.</summary>
    public IAsyncEnumerable<LicenseItem> StreamAsync(LicenseFilter filter, CancellationToken cancel = default) =>
        KeyPaging.StreamAsync((request, token) => ReadAsync(filter, LicenseOrdering.Newest, request, token), cancel);

    /// <summary>One license; null where there is none.</summary>
    public async Task<LicenseItem?> FindAsync(long licenseId, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await Project(db.Licenses.AsNoTracking().Where(l => l.Id == licenseId)).SingleOrDefaultAsync(cancel);
    }

    /// <summary>Those of these ids that licenses have. History and events outlive the licenses that they name.</summary>
    public async Task<IReadOnlySet<long>> WhichExistAsync(IEnumerable<long> licenseIds, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var asked = licenseIds.Distinct().ToList();
        return (await db.Licenses.Where(l => asked.Contains(l.Id)).Select(l => l.Id).ToListAsync(cancel)).ToHashSet();
    }

    /// <summary>The license with this key; null where there is none.</summary>
    public async Task<LicenseItem?> FindByKeyAsync(string key, CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var hash = KeyHash.Of(key).ToBytes();
        return await Project(db.Licenses.AsNoTracking().Where(l => l.KeyHash == hash)).SingleOrDefaultAsync(cancel);
    }

    /// <summary>The plans that licenses have, by name.</summary>
    public async Task<IReadOnlyList<string>> PlansAsync(CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        return await db.Licenses.Select(l => l.Plan).Distinct().OrderBy(plan => plan).ToListAsync(cancel);
    }

    /// <summary>How many licenses have each standing, and how many active ones expire soon.</summary>
    public async Task<LicenseNumbers> CountStandingsAsync(CancellationToken cancel = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var now = time.GetUtcNow().UtcDateTime;
        var (week, month) = (now.AddDays(7), now.AddDays(30));
        // One scan of the licenses computes all numbers.
        return await db.Licenses.GroupBy(_ => 1).Select(all => new LicenseNumbers(
            all.Count(l => l.Status == LicenseStatus.Active && (l.ExpiresAt == null || l.ExpiresAt > now)),
            all.Count(l => l.Status == LicenseStatus.Active && l.ExpiresAt <= now),
            all.Count(l => l.Status == LicenseStatus.Suspended),
            all.Count(l => l.Status == LicenseStatus.Cancelled),
            all.Count(l => l.Status == LicenseStatus.Active && l.ExpiresAt > now && l.ExpiresAt <= week),
            all.Count(l => l.Status == LicenseStatus.Active && l.ExpiresAt > now && l.ExpiresAt <= month))).SingleOrDefaultAsync(cancel)
            ?? new LicenseNumbers(0, 0, 0, 0, 0, 0);
    }

    private IQueryable<License> Select(PortalDbContext db, LicenseFilter filter)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var rows = db.Licenses.AsNoTracking();
        rows = filter.Standing switch
        {
            // The expression prevents the use of the index on the expiry: about half of the licenses match, so the query should follow
            // the index of its order.
            LicenseStanding.Active => rows.Where(l => l.Status == LicenseStatus.Active && (l.ExpiresAt ?? LicenseSorting.Never) > now),
            LicenseStanding.Expired => rows.Where(l => l.Status == LicenseStatus.Active && (l.ExpiresAt ?? LicenseSorting.Never) <= now),
            LicenseStanding.Suspended => rows.Where(l => l.Status == LicenseStatus.Suspended),
            LicenseStanding.Cancelled => rows.Where(l => l.Status == LicenseStatus.Cancelled),
            _ => rows,
        };
        if (filter.Plan is { } plan) rows = rows.Where(l => l.Plan == plan);
        if (filter.ExpiresFrom is { } from) rows = rows.Where(l => l.ExpiresAt >= from);
        if (filter.ExpiresTo is { } to) rows = rows.Where(l => l.ExpiresAt < to);
        if (filter.CustomerId is { } customer) rows = rows.Where(l => l.CustomerId == customer);
        if (filter.Among is { } these) rows = rows.Where(l => these.Contains(l.Id));
        return Search(db, rows, filter.Search);
    }

    /// <summary>The licenses that match a search (<see cref="LicenseFilter.Search"/>).</summary>
    /// <param name="among">The customers to search; null for all.</param>
    internal static IQueryable<License> Search(PortalDbContext db, IQueryable<License> rows, string? search, IQueryable<Customer>? among = null)
    {
        // Callers check this first and report it in their own way. A pattern with a NUL in it would match everything.
        if (SearchWords.Problem(search) is { } problem) throw new ArgumentException(problem, nameof(search));
        if (LicenseKey.Read(search ?? "") is { } whole)
        {
            var wanted = KeyHash.Of(whole).ToBytes();
            return rows.Where(l => l.KeyHash == wanted);
        }

        foreach (var word in SearchWords.Of(search))
        {
            var hash = KeyHash.Of(word).ToBytes();
            // A whole key of our own is only looked up by its hash: it must not get into a pattern.
            if (LicenseKey.IsOwn(word))
            {
                rows = rows.Where(l => l.KeyHash == hash);
                continue;
            }

            var part = $"%{Escape(word)}%";
            // A subquery, so that the customers are scanned once, not once for each license.
            var customers = (among ?? db.Customers).Where(c => EF.Functions.Like(c.Email, part, "\\") || EF.Functions.Like(c.Name!, part, "\\") || c.AccountId == word).Select(c => c.Id);
            // The word may be groups of five of a key: only the four symbols at either end are stored in plain text.
            rows = LicenseKey.EndsOf(word) is var (first, last)
                ? rows.Where(l => l.KeyHash == hash || EF.Functions.Like(l.KeyMasked, $"{first}-%") || EF.Functions.Like(l.KeyMasked, $"%-{last}") || customers.Contains(l.CustomerId))
                : rows.Where(l => l.KeyHash == hash || EF.Functions.Like(l.KeyMasked, part, "\\") || customers.Contains(l.CustomerId));
        }

        return rows;
    }

    private static string Escape(string word) => word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);

    private static IQueryable<LicenseItem> Project(IQueryable<License> rows) => rows.Select(l => new LicenseItem(
        l.Id, l.CustomerId, l.Customer!.Email, l.Customer.Name, l.KeyMasked, l.Plan, l.Status, l.ExpiresAt, l.Seats, l.Note, l.CreatedAt, l.Version, l.UpdatedAt, l.CopiedDevices));
}

/// <summary>How many licenses there are.</summary>
/// <param name="ExpiringInWeek">Active ones that expire within 7 days.</param>
/// <param name="ExpiringInMonth">Active ones that expire within 30 days, including those within 7 days.</param>
public sealed record LicenseNumbers(int Active, int Expired, int Suspended, int Cancelled, int ExpiringInWeek, int ExpiringInMonth);
