namespace QuoTrading.Portal.Bench.Checking;

/// <summary>Looks things up in what is sorted by time.</summary>
internal static class Sorted
{
    /// <summary>The place of the first that is not before this time; the count where none is.</summary>
    public static int FirstNotBefore<T>(this IReadOnlyList<T> sorted, TimeSpan time, Func<T, TimeSpan> timeOf)
    {
        var (low, high) = (0, sorted.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (timeOf(sorted[middle]) < time) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
