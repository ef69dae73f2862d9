using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace QuoTrading.Portal.Kernel;

/// <summary>
/// One text in memory where many sessions say the same: versions, symbols, plans, addresses behind one proxy. Bounded, for clients
/// may say what they like: what comes when it is full is kept by each for itself.
/// </summary>
internal static class StringPool
{
    private const int Most = 4096;
    private const int Longest = 64;

    private static readonly ConcurrentDictionary<string, string> Known = new(StringComparer.Ordinal);
    private static int count;

    /// <returns>An equal text; the same object for as many as possible.</returns>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Share(string? text)
    {
        if (text is null || text.Length > Longest) return text;
        if (Known.TryGetValue(text, out var known)) return known;
        // Counted here: asking the dictionary would lock all of it.
        if (Volatile.Read(ref count) >= Most || !Known.TryAdd(text, text)) return text;
        Interlocked.Increment(ref count);
        return text;
    }
}
