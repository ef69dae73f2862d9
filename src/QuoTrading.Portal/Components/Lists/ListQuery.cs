using System.Globalization;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Components.Lists;

/// <summary>
/// A list's filter in its address: <c>?from=7d&amp;end=timed_out</c>. The page and its export read the same parameters. A value that
/// cannot be read is a problem and is never ignored: an ignored filter would show, or export, more than requested.
/// </summary>
/// <param name="get">Returns the value of a query parameter; null or empty if there is none.</param>
/// <param name="utcNow">The time from which <c>7d</c> counts back.</param>
public sealed class ListQuery(Func<string, string?> get, DateTime utcNow)
{
    /// <summary>The presets for <c>from</c>: the value in the address, and the text of the button.</summary>
    public static readonly IReadOnlyList<(string Value, string Text)> Presets = [("today", "Today"), ("7d", "7 days"), ("30d", "30 days")];

    private const string Day = "yyyy-MM-dd";

    private readonly List<string> problems = [];

    /// <summary>One sentence for each value that could not be read.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>The page of the list.</summary>
    public PageRequest Page => new(Raw("after"), Raw("before"));

    /// <summary>The trimmed value in the address; null if it is missing or empty.</summary>
    public string? Raw(string name) => get(name)?.Trim() is { Length: > 0 } text ? text : null;

    /// <summary>The start, UTC: a day, <c>today</c>, or a number of hours or days back (<c>24h</c>, <c>7d</c>).</summary>
    public DateTime? From() => Raw("from") switch
    {
        null => null,
        "today" => utcNow.Date,
        [.. var count, 'h'] when IsSmall(count, out var hours) => utcNow.AddHours(-hours),
        [.. var count, 'd'] when IsSmall(count, out var days) => utcNow.AddDays(-days),
        var day => ReadDay(day, "The first day"),
    };

    /// <summary>The exclusive end, UTC; the day in the address is included.</summary>
    public DateTime? To() => Raw("to") is { } day ? ReadDay(day, "The last day")?.AddDays(1) : null;

    /// <summary>The value for a date input: a day, or null for a preset.</summary>
    public static string? AsDay(string? text) => TryDay(text, out _) ? text : null;

    /// <summary>A number of 1 or more.</summary>
    /// <param name="label">Its name in an error message.</param>
    public long? Number(string name, string label)
    {
        if (Raw(name) is not { } text) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0) return number;
        problems.Add($"{label} must be a number.");
        return null;
    }

    /// <summary>Search words.</summary>
    public string? Words(string name)
    {
        if (SearchWords.Problem(Raw(name)) is not { } problem) return Raw(name);
        problems.Add(problem);
        return null;
    }

    /// <summary>The beginning of a text, or after <c>=</c> the whole text.</summary>
    public TextMatch? Text(string name) => TextMatch.Parse(Words(name));

    /// <summary>Words that find licenses, or after <c>=</c> a customer's whole e-mail address. At most one of the two is set.</summary>
    public (TextMatch? Email, string? Words) Customer(string name) => Text(name) is { } typed ? typed.IsExact ? (typed, null) : (null, typed.Text) : default;

    /// <summary>The value of one of these words.</summary>
    /// <param name="label">Its name in an error message: <c>how a session ended</c>.</param>
    public T? Word<T>(string name, string label, IReadOnlyDictionary<string, T> words) where T : struct
    {
        if (Raw(name) is not { } text) return null;
        if (words.TryGetValue(text, out var known)) return known;
        problems.Add(Unknown(text, label));
        return null;
    }

    /// <summary>One of these words, unchanged.</summary>
    /// <param name="label">Its name in an error message: <c>the reason</c>.</param>
    public string? OneOf(string name, string label, IEnumerable<string> words) => Choice(name, label, text => words.Contains(text, StringComparer.Ordinal));

    /// <summary>The text, unchanged, if it is a known choice.</summary>
    /// <param name="label">Its name in an error message: <c>the reason</c>.</param>
    public string? Choice(string name, string label, Func<string, bool> isKnown)
    {
        if (Raw(name) is not { } text || isKnown(text)) return Raw(name);
        problems.Add(Unknown(text, label));
        return null;
    }

    private static string Unknown(string text, string label) => $"The address filters by {label}, and says “{(text.Length > 40 ? text[..40] + "…" : text)}”: there is no such choice.";

    private DateTime? ReadDay(string text, string label)
    {
        if (TryDay(text, out var day)) return day;
        problems.Add($"{label} must be a date like 2026-01-31.");
        return null;
    }

    // Below 9999, so that a day can be added to the last day.
    private static bool TryDay(string? text, out DateTime day) =>
        DateTime.TryParseExact(text, Day, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out day) && day.Year is > 1969 and < 9999;

    private static bool IsSmall(string count, out int number) => int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is > 0 and < 10_000;
}
