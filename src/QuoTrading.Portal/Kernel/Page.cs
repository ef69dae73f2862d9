namespace QuoTrading.Portal.Kernel;

/// <summary>
/// Requests one page of a list. Lists are paged by key, never by offset, so that pages do not shift when rows are added or deleted.
/// </summary>
/// <param name="After">The <see cref="Page{T}.Next"/> of the previous page; null for the first page.</param>
/// <param name="Before">The <see cref="Page{T}.Previous"/> of the following page; null unless the request pages back.</param>
/// <param name="Size">The most rows of the page.</param>
public sealed record PageRequest(string? After = null, string? Before = null, int Size = 50)
{
    /// <summary>The first page.</summary>
    public static PageRequest First { get; } = new();
}

/// <summary>One page of a list.</summary>
/// <param name="Previous">The key for <see cref="PageRequest.Before"/> of the previous page; null on the first page.</param>
/// <param name="Next">The key for <see cref="PageRequest.After"/> of the next page; null on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Previous, string? Next);

/// <summary>Creates a page from the rows that were read for it.</summary>
internal static class Page
{
    /// <param name="read">In the order of reading (away from the key), with one row more than the page's size if there are more.</param>
    /// <param name="key">Formats the key of a row as text.</param>
    public static Page<T> Cut<T>(PageRequest request, IReadOnlyList<T> read, Func<T, string> key)
    {
        var back = request.Before is not null;
        var more = read.Count > request.Size;
        var items = read.Take(request.Size).ToList();
        if (back) items.Reverse();
        if (items.Count == 0) return new Page<T>(items, null, null);
        var hasPrevious = back ? more : request.After is not null;
        var hasNext = back || more;
        return new Page<T>(items, hasPrevious ? key(items[0]) : null, hasNext ? key(items[^1]) : null);
    }
}

/// <summary>Limits row counts: exact up to ten thousand, "10,000+" above, because more detail is not needed and counting is slow.</summary>
internal static class RowCount
{
    public const int Most = 10_000;

    /// <summary>Where a query stops counting: one more than <see cref="Most"/>, so that "more" can be recognised.</summary>
    public const int Limit = Most + 1;
}

/// <summary>How many rows a list has.</summary>
/// <param name="Number">The number of rows, or the least number if <paramref name="OrMore"/> is true.</param>
/// <param name="OrMore">
/// True if counting stopped early: at <see cref="RowCount.Most"/>, or because matching rows are too rare to search for all of them.
/// </param>
public readonly record struct Counted(int Number, bool OrMore)
{
    /// <param name="found">Counted up to <see cref="RowCount.Limit"/>.</param>
    public static Counted UpTo(int found) => new(Math.Min(found, RowCount.Most), found > RowCount.Most);
}
