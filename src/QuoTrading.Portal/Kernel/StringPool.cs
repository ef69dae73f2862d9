using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace QuoTrading.Portal.Kernel;

/// <summary>
/// Shares one string object between sessions with equal texts: versions, symbols, plans, addresses behind one proxy. Bounded, because
/// clients may send any text: when the pool is full, new texts are not shared.
/// </summary>
internal static class StringPool
{
    private const int Most = 4096;
    private const int Longest = 64;

    private static readonly ConcurrentDictionary<string, string> Known = new(StringComparer.Ordinal);
    private static int count;

    /// <returns>An equal text; the same object for equal texts, if possible.</returns>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Share(string? text)
    {
        if (text is null || text.Length > Longest) return text;
        if (Known.TryGetValue(text, out var known)) return known;
        // A separate counter, because Count of the dictionary locks all of it.
        if (Volatile.Read(ref count) >= Most || !Known.TryAdd(text, text)) return text;
        Interlocked.Increment(ref count);
        return text;
    }
}
