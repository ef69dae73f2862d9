using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.History;

/// <summary>
/// Chooses the filter whose index leads: the one that leaves the fewest rows. It counts them, since the database engine only guesses. The
/// other filters check the rows of that index one by one. If every index leaves more rows than can be sorted in time, the key leads, and
/// the newest matching rows are found quickly. A query that only counts needs no order: then an index leads in any case.
/// </summary>
/// <param name="table">All rows.</param>
/// <param name="inTime">The rows between two keys.</param>
/// <param name="isBound">Whether there are such keys.</param>
internal sealed class QueryPlan<T>(IQueryable<T> table, IQueryable<T> inTime, bool isBound) where T : class
{
    /// <summary>Counting stops here: 50,000 entries of an index take some milliseconds.</summary>
    private const int CountedTo = 50_000;

    /// <summary>The most rows that a count reads.</summary>
    private const int LookedAt = 20_000;

    /// <summary>The most rows that can be fetched and sorted for one page.</summary>
    private const int Sortable = 10_000;

    private readonly List<Filter> filters = [];

    /// <summary>Adds a filter whose index returns its rows in key order: one value of a column.</summary>
    /// <param name="byIndex">The filter in a form that the index can serve.</param>
    /// <param name="byRow">The same with <see cref="QueryHints.Unindexed{T}"/>.</param>
    public void Equal(Func<IQueryable<T>, IQueryable<T>> byIndex, Func<IQueryable<T>, IQueryable<T>> byRow) => filters.Add(new Filter(byIndex, byRow, InOrder: true));

    /// <summary>Adds a filter whose index returns its rows in another order: several values of a column.</summary>
    public void Among(Func<IQueryable<T>, IQueryable<T>> byIndex, Func<IQueryable<T>, IQueryable<T>> byRow) => filters.Add(new Filter(byIndex, byRow, InOrder: false));

    /// <summary>Adds a filter without an index.</summary>
    public void Look(Func<IQueryable<T>, IQueryable<T>> byRow) => filters.Add(new Filter(null, byRow, InOrder: false));

    /// <summary>Adds a filter by a text: one value of a column, or all values that begin with it.</summary>
    public void Match(TextMatch text, Expression<Func<T, string?>> column)
    {
        if (text.IsExact) Equal(rows => text.In(rows, column), rows => text.In(rows, column, byIndex: false));
        else Among(rows => text.In(rows, column), rows => text.In(rows, column, byIndex: false));
    }

    /// <summary>The rows, for a caller that reads them in key order.</summary>
    public async Task<IQueryable<T>> ReadAsync(CancellationToken cancel)
    {
        var (lead, _) = await LeadAsync(inOrder: true, cancel);
        return Apply(inTime, lead);
    }

    /// <summary>The number of rows; reads only a limited number of rows of the leading index.</summary>
    /// <param name="most">Counting stops here.</param>
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
        // With a second filter so few rows may match that a scan by key finds the newest slowly: then more rows are sorted.
        var sortable = filters.Count == 1 ? Sortable : CountedTo - 1;
        // Filters whose index is in key order come first: they win where two filters reach the limit of counting.
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
