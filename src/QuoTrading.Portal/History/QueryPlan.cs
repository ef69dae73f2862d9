using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.History;

/// <summary>
/// Which of several filters leads by its index: the one that leaves the fewest rows, counted, since the engine itself only guesses. The
/// others look at its rows one by one. Where all leave more than can be sorted in time, the key leads, and the newest rows that match
/// are soon found; where nothing is asked for but their number, an index leads all the same.
/// </summary>
/// <param name="table">All rows.</param>
/// <param name="inTime">Those between two keys.</param>
/// <param name="isBound">Whether there are such keys.</param>
internal sealed class QueryPlan<T>(IQueryable<T> table, IQueryable<T> inTime, bool isBound) where T : class
{
    /// <summary>It counts so far: 50,000 entries of an index take some milliseconds.</summary>
    private const int CountedTo = 50_000;

    /// <summary>So many rows are looked at for a count.</summary>
    private const int LookedAt = 20_000;

    /// <summary>So many rows can be fetched and sorted for one page.</summary>
    private const int Sortable = 10_000;

    private readonly List<Filter> filters = [];

    /// <summary>A filter whose index has its rows in the order of the key: one value of a column.</summary>
    /// <param name="byIndex">As the index is asked.</param>
    /// <param name="byRow">The same by <see cref="QueryHints.Unindexed{T}"/>.</param>
    public void Equal(Func<IQueryable<T>, IQueryable<T>> byIndex, Func<IQueryable<T>, IQueryable<T>> byRow) => filters.Add(new Filter(byIndex, byRow, InOrder: true));

    /// <summary>A filter whose index has its rows in another order: several values of a column.</summary>
    public void Among(Func<IQueryable<T>, IQueryable<T>> byIndex, Func<IQueryable<T>, IQueryable<T>> byRow) => filters.Add(new Filter(byIndex, byRow, InOrder: false));

    /// <summary>A filter without an index.</summary>
    public void Look(Func<IQueryable<T>, IQueryable<T>> byRow) => filters.Add(new Filter(null, byRow, InOrder: false));

    /// <summary>The rows, for who asks for them in the order of the key.</summary>
    public async Task<IQueryable<T>> ReadAsync(CancellationToken cancel)
    {
        var (lead, _) = await LeadAsync(inOrder: true, cancel);
        return Apply(inTime, lead);
    }

    /// <summary>How many there are; the rows of the index that leads are looked at so far and no further.</summary>
    /// <param name="most">It counts so far.</param>
    public async Task<Counted> CountAsync(int most, CancellationToken cancel)
    {
        var (lead, rows) = await LeadAsync(inOrder: false, cancel);
        var isLong = rows > LookedAt && filters.Count > (lead is null ? 0 : 1);
        var led = lead is null ? inTime : lead.ByIndex!(inTime);
        var found = await (isLong ? Others(led.Take(LookedAt), lead) : Apply(inTime, lead)).Take(most + 1).CountAsync(cancel);
        return new Counted(Math.Min(found, most), isLong || found > most);
    }

    private IQueryable<T> Apply(IQueryable<T> rows, Filter? lead) => Others(lead is null ? rows : lead.ByIndex!(rows), lead);

    private IQueryable<T> Others(IQueryable<T> rows, Filter? lead) => filters.Where(filter => filter != lead).Aggregate(rows, (left, filter) => filter.ByRow(left));

    private async Task<(Filter? Lead, int Rows)> LeadAsync(bool inOrder, CancellationToken cancel)
    {
        if (filters is [{ InOrder: true } only]) return (only, 0);
        Filter? lead = null;
        var fewest = isBound && filters.Count > 0 ? await inTime.Take(CountedTo).CountAsync(cancel) : CountedTo;
        // A second filter may leave so few that the newest are long in coming: then rather more are sorted.
        var sortable = filters.Count == 1 ? Sortable : CountedTo - 1;
        // Of two that leave too many to tell, the one whose index is in order.
        foreach (var filter in filters.Where(filter => filter.ByIndex is not null).OrderByDescending(filter => filter.InOrder))
        {
            var count = await filter.ByIndex!(filter.InOrder ? inTime : table).Take(CountedTo).CountAsync(cancel);
            var mayLead = filter.InOrder || count <= sortable || !(inOrder || isBound);
            if (mayLead && (count < fewest || (lead is null && fewest == CountedTo))) (lead, fewest) = (filter, count);
        }

        return (lead, fewest);
    }

    private sealed record Filter(Func<IQueryable<T>, IQueryable<T>>? ByIndex, Func<IQueryable<T>, IQueryable<T>> ByRow, bool InOrder);
}
