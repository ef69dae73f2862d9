using System.Globalization;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Storage;

/// <summary>Reads lists page by page, from the highest key to the lowest.</summary>
internal static class KeyPaging
{
    // Rows per page when a list is read to its end.
    private const int StreamedPage = 1000;

    /// <summary>Reads one page.</summary>
    /// <param name="rows">The rows of the list, in any order.</param>
    /// <param name="key">The column that the list is ordered by; unique.</param>
    /// <param name="read">Parses a key from the text in <see cref="PageRequest"/>.</param>
    /// <param name="nameOf">Formats the key of a row as text.</param>
    /// <exception cref="FormatException">A key of the request is invalid.</exception>
    public static async Task<Page<T>> ReadPageAsync<T, TKey>(
        this IQueryable<T> rows, Expression<Func<T, TKey>> key, PageRequest request, Func<string, TKey> read, Func<T, string> nameOf, CancellationToken cancel)
    {
        var ordered = request switch
        {
            { Before: { } before } => rows.Where(Compare(ExpressionType.GreaterThan, key, read(before))).OrderBy(key),
            { After: { } after } => rows.Where(Compare(ExpressionType.LessThan, key, read(after))).OrderByDescending(key),
            _ => rows.OrderByDescending(key),
        };
        return Page.Cut(request, await ordered.Take(request.Size + 1).ToListAsync(cancel), nameOf);
    }

    /// <summary>Reads all rows, one page after the other, so that a slow or stopped caller blocks no other.</summary>
    /// <param name="read">Reads one page.</param>
    public static async IAsyncEnumerable<T> StreamAsync<T>(Func<PageRequest, CancellationToken, Task<Page<T>>> read, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        for (var request = new PageRequest(Size: StreamedPage); ;)
        {
            var page = await read(request, cancel);
            foreach (var row in page.Items) yield return row;
            if (page.Next is null) yield break;
            request = request with { After = page.Next };
        }
    }

    /// <summary>Parses a key that is a number.</summary>
    /// <exception cref="FormatException">It is not a number.</exception>
    public static long ReadNumber(string key) => long.Parse(key, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Formats a key that is a number.</summary>
    public static string NameOf(long id) => id.ToString(CultureInfo.InvariantCulture);

    // The value is a member of an object, not a constant, so that EF Core turns it into a parameter and caches the query.
    private static Expression<Func<T, bool>> Compare<T, TKey>(ExpressionType comparison, Expression<Func<T, TKey>> key, TKey value) =>
        Expression.Lambda<Func<T, bool>>(
            Expression.MakeBinary(comparison, key.Body, Expression.Property(Expression.Constant(new Bound<TKey>(value)), nameof(Bound<TKey>.Value))), key.Parameters);

    private sealed record Bound<TKey>(TKey Value);
}
