namespace QuoTrading.Portal.Licensing;

/// <summary>Limits of a search. Each word becomes a condition of the query: thousands would crash the process that builds it.</summary>
internal static class SearchWords
{
    public const int MaxLength = 300;
    public const int MaxWords = 12;

    /// <summary>What is wrong with a search, in one sentence; null where nothing is.</summary>
    public static string? Problem(string? text)
    {
        if (text is null) return null;
        if (text.Any(char.IsControl)) return "A search must have no control characters.";
        return text.Length <= MaxLength && Of(text).Length <= MaxWords ? null : $"A search has at most {MaxWords} words, and {MaxLength} characters in all: shorten it.";
    }

    /// <summary>The words of a search; empty where there is none.</summary>
    public static string[] Of(string? text) => (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
