namespace QuoTrading.Portal.Kernel;

/// <summary>Which part of a list is wanted. Lists are paged by key, never by offset: a page stays what it is while rows come and go.</summary>
/// <param name="After">The <see cref="Page{T}.Next"/> of the page before; null for the first.</param>
/// <param name="Before">The <see cref="Page{T}.Previous"/> of the page behind; null unless one pages back.</param>
/// <param name="Size">At most so many rows.</param>
public sealed record PageRequest(string? After = null, string? Before = null, int Size = 50)
{
    /// <summary>The list's beginning.</summary>
    public static PageRequest First { get; } = new();
}

/// <summary>Some rows of a list.</summary>
/// <param name="Previous">The key of the rows before these; null at the beginning.</param>
/// <param name="Next">The key of the rows behind these; null at the end.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Previous, string? Next);

/// <summary>Cuts a page out of what was read for it.</summary>
internal static class Page
{
    /// <param name="read">In the order of reading (away from the key), one more than the page has room for if there are more.</param>
    /// <param name="key">Names a row.</param>
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

/// <summary>How many rows a list has: exact to ten thousand, "10,000+" beyond, because nobody reads further and counting costs.</summary>
internal static class RowCount
{
    public const int Most = 10_000;

    /// <summary>What a count is asked for: one more than is told apart.</summary>
    public const int Limit = Most + 1;
}

/// <summary>How many rows a list has.</summary>
/// <param name="Number">So many at least.</param>
/// <param name="OrMore">True where counting stopped: at <see cref="RowCount.Most"/>, or because rows that match are too rare to look for all of them.</param>
public readonly record struct Counted(int Number, bool OrMore)
{
    /// <param name="found">Counted up to <see cref="RowCount.Limit"/>.</param>
    public static Counted UpTo(int found) => new(Math.Min(found, RowCount.Most), found > RowCount.Most);
}
