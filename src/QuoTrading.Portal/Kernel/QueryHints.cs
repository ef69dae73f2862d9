namespace QuoTrading.Portal.Kernel;

internal static class QueryHints
{
    /// <summary>
    /// In a query: this value, by which no index may be chosen, since another filter leads to fewer rows. The engine below says it in its
    /// own words.
    /// </summary>
    public static T Unindexed<T>(this T value) => value;
}
