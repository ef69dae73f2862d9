using System.Globalization;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Components.Lists;

/// <summary>
/// A list's filter as its address has it: <c>?from=7d&amp;end=timed_out</c>. The page and its export read the same words. What cannot
/// be read is a problem, and never a filter that is left out: that would show, or export, more than was asked for.
/// </summary>
/// <param name="get">The value of a name; null or empty where there is none.</param>
/// <param name="utcNow">What <c>7d</c> counts from.</param>
public sealed class ListQuery(Func<string, string?> get, DateTime utcNow)
{
    /// <summary>The times that have a word, and how they read on a button.</summary>
    public static readonly IReadOnlyList<(string Value, string Text)> Presets = [("today", "Today"), ("7d", "7 days"), ("30d", "30 days")];

    private const string Day = "yyyy-MM-dd";

    private readonly List<string> problems = [];

    /// <summary>What could not be read, in words.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>Which part of the list.</summary>
    public PageRequest Page => new(Raw("after"), Raw("before"));

    /// <summary>As it stands in the address; null for nothing.</summary>
    public string? Raw(string name) => get(name)?.Trim() is { Length: > 0 } text ? text : null;

    /// <summary>The beginning, UTC: a day, <c>today</c>, or so many hours or days back (<c>24h</c>, <c>7d</c>).</summary>
    public DateTime? From() => Raw("from") switch
    {
        null => null,
        "today" => utcNow.Date,
        [.. var count, 'h'] when IsSmall(count, out var hours) => utcNow.AddHours(-hours),
        [.. var count, 'd'] when IsSmall(count, out var days) => utcNow.AddDays(-days),
        var day => ReadDay(day, "The first day"),
    };

    /// <summary>The end, UTC, not included: the day in the address is.</summary>
    public DateTime? To() => Raw("to") is { } day ? ReadDay(day, "The last day")?.AddDays(1) : null;

    /// <summary>What date inputs show: a day, or nothing for a time that has a word.</summary>
    public static string? AsDay(string? text) => TryDay(text, out _) ? text : null;

    /// <summary>A number from 1 on.</summary>
    /// <param name="label">What people call it.</param>
    public long? Number(string name, string label)
    {
        if (Raw(name) is not { } text) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0) return number;
        problems.Add($"{label} must be a number.");
        return null;
    }

    /// <summary>Words to search for.</summary>
    public string? Words(string name)
    {
        if (SearchWords.Problem(Raw(name)) is not { } problem) return Raw(name);
        problems.Add(problem);
        return null;
    }

    /// <summary>The beginning of a text, or all of it behind a <c>=</c>.</summary>
    public TextMatch? Text(string name) => TextMatch.Parse(Words(name));

    /// <summary>Words that find licenses; or behind a <c>=</c> a customer's whole e-mail address. Not more than one of the two is there.</summary>
    public (TextMatch? Email, string? Words) Customer(string name) => Text(name) is { } typed ? typed.IsExact ? (typed, null) : (null, typed.Text) : default;

    /// <summary>One of these words.</summary>
    /// <param name="label">What people call it: <c>how a session ended</c>.</param>
    public T? Word<T>(string name, string label, IReadOnlyDictionary<string, T> words) where T : struct
    {
        if (Raw(name) is not { } text) return null;
        if (words.TryGetValue(text, out var known)) return known;
        problems.Add(Unknown(text, label));
        return null;
    }

    /// <summary>One of these words, as it stands there.</summary>
    /// <param name="label">What people call it: <c>the reason</c>.</param>
    public string? OneOf(string name, string label, IEnumerable<string> words) => Choice(name, label, text => words.Contains(text, StringComparer.Ordinal));

    /// <summary>A text, as it stands there, if there is such a choice.</summary>
    /// <param name="label">What people call it: <c>the reason</c>.</param>
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

    // The last day has a day behind it.
    private static bool TryDay(string? text, out DateTime day) =>
        DateTime.TryParseExact(text, Day, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out day) && day.Year is > 1969 and < 9999;

    private static bool IsSmall(string count, out int number) => int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is > 0 and < 10_000;
}
