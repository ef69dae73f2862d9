using System.Globalization;
using QuoTrading.Portal.Api.Http;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Api.Admin;

/// <summary>
/// What stands behind the <c>?</c> of a list. What cannot be read, and what nobody asked for, is an error, and never a filter that is
/// left out: that would tell more than was asked for.
/// </summary>
internal sealed class AdminQuery(IQueryCollection query)
{
    public const int DefaultItems = 100;
    public const int MostItems = 1000;
    private const int MostText = 300;

    private readonly HashSet<string> read = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<FieldError> errors = [];

    /// <summary>What is wrong; to be asked when everything was read.</summary>
    public IReadOnlyList<FieldError> Errors =>
        [.. errors, .. query.Keys.Where(name => !read.Contains(name)).Select(name => new FieldError(name, $"There is no parameter {name} here."))];

    /// <summary>Says what is wrong with a parameter that could be read.</summary>
    public void Refuse(string name, string message) => errors.Add(new(name, message));

    /// <summary>For what takes no parameters: the problem, where there is one all the same.</summary>
    public static IResult? RefuseAny(HttpRequest request) => new AdminQuery(request.Query).Errors is { Count: > 0 } wrong ? AdminProblems.Invalid(wrong) : null;

    /// <summary>
    /// For a list from which a script may choose whom to log out: where a variable of it is empty, <c>?license_id=</c> must not be all.
    /// </summary>
    public void RefuseBlank()
    {
        foreach (var (name, values) in query)
            if (values.Any(value => string.IsNullOrWhiteSpace(value) || value.Trim() == "=")) Refuse(name, $"{name} is empty: leave it out, or say what it must be.");
    }

    /// <summary><c>limit</c>, <c>after</c> and <c>before</c>.</summary>
    public PageRequest Page()
    {
        var (after, before) = (Raw("after"), Raw("before"));
        if (after is not null && before is not null) Refuse("before", "Page forth with after or back with before, not both.");
        return new PageRequest(after, before, Number("limit", 1, MostItems) ?? DefaultItems);
    }

    /// <summary>A text as it stands; null where there is none.</summary>
    public string? Raw(string name)
    {
        read.Add(name);
        var values = query[name];
        if (values.Count > 1) Refuse(name, $"{name} stands there twice.");
        if (values is not [{ } value] || value.Trim() is not { Length: > 0 } text) return null;
        if (text.Length <= MostText && !text.Any(char.IsControl)) return text;
        Refuse(name, $"{name} must be at most {MostText} characters, none of them control characters.");
        return null;
    }

    /// <summary>The beginning of a text, or all of it behind a <c>=</c>.</summary>
    public TextMatch? Text(string name) => TextMatch.Parse(Raw(name));

    public int? Number(string name, int least, int most)
    {
        if (Raw(name) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        Refuse(name, $"{name} must be {least} to {most}.");
        return null;
    }

    /// <summary>The number of a row.</summary>
    public long? Id(string name)
    {
        if (Raw(name) is not { } text) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
        Refuse(name, $"{name} must be a number.");
        return null;
    }

    public Guid? Guid(string name)
    {
        if (Raw(name) is not { } text) return null;
        if (System.Guid.TryParse(text, out var id)) return id;
        Refuse(name, $"{name} must be the id of a session.");
        return null;
    }

    /// <summary>UTC.</summary>
    public DateTime? Instant(string name)
    {
        if (Raw(name) is not { } text) return null;
        if (BodyFields.Instant(text) is { Year: > 1969 and < 9999 } instant) return instant;
        Refuse(name, $"{name} must be a time with its zone, like 2027-01-31T12:00:00Z.");
        return null;
    }

    public bool Flag(string name)
    {
        if (Raw(name) is not { } text) return false;
        if (text is "true" or "false") return text == "true";
        Refuse(name, $"{name} must be true or false.");
        return false;
    }

    /// <summary>One of the words of a closed vocabulary.</summary>
    public T? Word<T>(string name, Func<T, string> write) where T : struct, Enum
    {
        if (Raw(name) is not { } text) return null;
        foreach (var value in Enum.GetValues<T>())
            if (string.Equals(write(value), text, StringComparison.Ordinal)) return value;
        Refuse(name, $"{name} must be one of {string.Join(", ", Enum.GetValues<T>().Select(write))}.");
        return null;
    }

    /// <summary>Answers with a page, or with what is wrong with the question.</summary>
    /// <param name="read">Reads the page; its <see cref="FormatException"/> is about the key.</param>
    public async Task<IResult> AnswerAsync<T>(Func<Task<Page<T>>> read, Func<Page<T>, IResult> tell)
    {
        if (Errors is { Count: > 0 } wrong) return AdminProblems.Invalid(wrong);
        try
        {
            return tell(await read());
        }
        catch (Exception noKey) when (noKey is FormatException or OverflowException)
        {
            return AdminProblems.Invalid([new FieldError("after", "after and before must be what a page of the same list gave as next or previous.")]);
        }
    }
}
