using Microsoft.EntityFrameworkCore;

namespace QuoTrading.Portal.Sessions.Reading;

/// <summary>
/// Which of several filters leads by its index: the one that leaves the fewest rows, counted, since SQLite itself only guesses. The
/// others look at its rows one by one. Where all leave more than can be sorted in time, the key leads, and the newest rows that match
/// are soon found; where nothing is asked for but their number, an index leads all the same.
/// </summary>
/// <param name="table">All rows.</param>
/// <param name="inTime">Those between two keys.</param>
/// <param name="isBound">Whether there are such keys.</param>
internal sealed class Narrowing<T>(IQueryable<T> table, IQueryable<T> inTime, bool isBound) where T : class
{
    /// <summary>It counts so far: 50,000 entries of an index take some milliseconds.</summary>
    private const int CountedTo = 50_000;

    /// <summary>So many rows can be fetched and sorted for one page.</summary>
    private const int Sortable = 10_000;

    private readonly List<Filter> filters = [];

    /// <summary>A filter whose index has its rows in the order of the key: one value of a column.</summary>
    /// <param name="byIndex">As the index is asked.</param>
    /// <param name="byRow">The same in words that no index knows.</param>
    public void Equal(Func<IQueryable<T>, IQueryable<T>> byIndex, Func<IQueryable<T>, IQueryable<T>> byRow) => filters.Add(new Filter(byIndex, byRow, InOrder: true));

    /// <summary>A filter whose index has its rows in another order: several values of a column.</summary>
    public void Among(Func<IQueryable<T>, IQueryable<T>> byIndex, Func<IQueryable<T>, IQueryable<T>> byRow) => filters.Add(new Filter(byIndex, byRow, InOrder: false));

    /// <summary>A filter without an index.</summary>
    public void Look(Func<IQueryable<T>, IQueryable<T>> byRow) => filters.Add(new Filter(null, byRow, InOrder: false));

    /// <param name="inOrder">Whether the rows will be asked for in the order of the key.</param>
    public async Task<IQueryable<T>> ApplyAsync(bool inOrder, CancellationToken cancel)
    {
        var lead = await LeadAsync(inOrder, cancel);
        return filters.Aggregate(inTime, (rows, filter) => filter == lead ? filter.ByIndex!(rows) : filter.ByRow(rows));
    }

    private async Task<Filter?> LeadAsync(bool inOrder, CancellationToken cancel)
    {
        if (filters is [{ InOrder: true } only]) return only;
        Filter? lead = null;
        var fewest = isBound && filters.Count > 0 ? await inTime.Take(CountedTo).CountAsync(cancel) : CountedTo;
        foreach (var filter in filters)
        {
            if (filter.ByIndex is null) continue;
            var count = await filter.ByIndex(filter.InOrder ? inTime : table).Take(CountedTo).CountAsync(cancel);
            var mayLead = filter.InOrder || !inOrder || count <= Sortable;
            if (!mayLead || (count >= fewest && (lead is not null || fewest < CountedTo))) continue;
            (lead, fewest) = (filter, count);
        }

        return lead;
    }

    private sealed record Filter(Func<IQueryable<T>, IQueryable<T>>? ByIndex, Func<IQueryable<T>, IQueryable<T>> ByRow, bool InOrder);
}
