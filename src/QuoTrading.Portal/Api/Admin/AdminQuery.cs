using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Api.Admin;

/// <summary>
/// The query string. A value that cannot be read is an error, never a filter that is left out: the answer would contain more than was
/// requested.
/// </summary>
internal sealed class AdminQuery<T> : AdminInput
{
    private const int MostText = 300;

    private IQueryCollection query = QueryCollection.Empty;

    /// <summary>A parameter that was left out is null or false.</summary>
    public T Value { get; private set; } = default!;

    /// <inheritdoc/>
    public override IEnumerable<FieldError> Errors =>
        base.Errors.Concat(query.Keys.Where(name => !Known.Contains(name, StringComparer.OrdinalIgnoreCase)).Select(name => new FieldError(name, $"There is no parameter {name} here.")));

    /// <summary>Returns an empty object: <see cref="AdminProblems.Filter"/> calls <see cref="ReadAsync"/> before the handler.</summary>
    public static ValueTask<AdminQuery<T>> BindAsync(HttpContext http) => ValueTask.FromResult(new AdminQuery<T>());

    /// <inheritdoc/>
    public override Task<IResult?> ReadAsync(HttpContext http)
    {
        query = http.Request.Query;
        Value = (T)Create(typeof(T));
        return base.ReadAsync(http);
    }

    /// <summary>
    /// Makes empty values errors. For a list from which a script chooses the sessions to end: if a variable of the script is empty,
    /// <c>?license_id=</c> must not select all of them.
    /// </summary>
    public void RefuseBlank()
    {
        foreach (var (name, values) in query)
            if (values.Any(value => string.IsNullOrWhiteSpace(value) || value.Trim() == "=")) Refuse(name, $"{name} is empty: leave it out, or say what it must be.");
    }

    protected override object? Read(string name, PropertyInfo property, Type type)
    {
        if (Text(name) is not { } text) return null;
        if (type == typeof(string)) return text;
        if (type == typeof(TextMatch)) return TextMatch.Parse(text);
        (object? Value, string Must) read = type switch
        {
            _ when property.GetCustomAttribute<RangeAttribute>() is { } range =>
                (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && range.IsValid(number) ? number : null, $"{range.Minimum} to {range.Maximum}"),
            _ when type == typeof(long) => (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null, "a number"),
            _ when type == typeof(Guid) => (Guid.TryParse(text, out var id) ? id : null, "the id of a session"),
            _ when type == typeof(DateTime) => (Instant(text) is { Year: > 1969 and < 9999 } instant ? instant : null, "a time with its zone, like 2027-01-31T12:00:00Z"),
            _ when type == typeof(bool) => (text is "true" or "false" ? text == "true" : null, "true or false"),
            _ => (WordOf(type, text), $"one of {string.Join(", ", WordsOf(type))}"),
        };
        if (read.Value is null) Refuse(name, $"{name} must be {read.Must}.");
        return read.Value;
    }

    private string? Text(string name)
    {
        var values = query[name];
        if (values.Count > 1) Refuse(name, $"{name} stands there twice.");
        if (values is not [{ } value] || value.Trim() is not { Length: > 0 } text) return null;
        if (text.Length <= MostText && !text.Any(char.IsControl)) return text;
        Refuse(name, $"{name} must be at most {MostText} characters, none of them control characters.");
        return null;
    }
}

internal static class AdminLists
{
    /// <summary>Answers with a page, or with the errors of the query.</summary>
    /// <param name="read">Reads the page; throws <see cref="FormatException"/> if after or before is not a value of this list.</param>
    public static async Task<AdminResult<TAnswer>> PageAsync<T, TItem, TAnswer>(this AdminQuery<T> query, Func<PageRequest, Task<Page<TItem>>> read, Func<Page<TItem>, TAnswer> tell) where T : Paged
    {
        var page = new PageRequest(query.Value.After, query.Value.Before, query.Value.Limit ?? Paged.DefaultItems);
        if (page is { After: not null, Before: not null }) query.Refuse("before", "Page forth with after or back with before, not both.");
        if (query.Problem is { } wrong) return wrong;
        try
        {
            return tell(await read(page));
        }
        catch (Exception noKey) when (noKey is FormatException or OverflowException)
        {
            return AdminProblems.Invalid([new FieldError("after", "after and before must be what a page of the same list gave as next or previous.")]);
        }
    }
}
