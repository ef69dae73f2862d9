namespace QuoTrading.Portal.Kernel;

internal static class QueryHints
{
    /// <summary>
    /// For queries: the same value, but the engine must not use an index for it, because another filter leaves fewer rows. The engine
    /// translates it in its own way.
    /// </summary>
    public static T Unindexed<T>(this T value) => value;
}
