using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Api.Admin;

/// <summary>
/// What a request gives, read into a record: the parameters of its constructor are what it may give, in snake case, and so are those of <see cref="Paged"/>.
/// The OpenAPI document is made from the same record. What cannot be read, and what nobody asked for, is an error.
/// </summary>
internal abstract class AdminInput
{
    private readonly List<FieldError> errors = [];

    /// <summary>What is wrong; handlers add what they find to it.</summary>
    public virtual IEnumerable<FieldError> Errors => errors;

    /// <summary>To be asked when everything was checked; null where nothing is wrong.</summary>
    public ValidationProblem? Problem => Errors.ToList() is { Count: > 0 } wrong ? AdminProblems.Invalid(wrong) : null;

    /// <summary>The names that the record has.</summary>
    protected HashSet<string> Known { get; } = new(StringComparer.Ordinal);

    /// <summary>The words of a closed vocabulary: its names in snake case, as <see cref="Sessions.Rules.WireNames"/> writes them.</summary>
    public static IReadOnlyList<string> WordsOf(Type vocabulary) => [.. Enum.GetNames(vocabulary).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    public static object? WordOf(Type vocabulary, string? text) =>
        WordsOf(vocabulary).ToList().IndexOf(text!) is >= 0 and var index ? Enum.GetValues(vocabulary).GetValue(index) : null;

    /// <summary>The name of a property at the wire.</summary>
    public static string NameOf(PropertyInfo property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);

    public void Refuse(string name, string message) => errors.Add(new(name, message));

    /// <summary>Before the handler: by then what goes wrong is told by <see cref="AdminProblems.Filter"/>.</summary>
    /// <returns>What is answered where nothing can be read at all.</returns>
    public virtual Task<IResult?> ReadAsync(HttpContext http) => Task.FromResult<IResult?>(null);

    /// <summary>A time out of a text; null where it is none. Without a zone it would be anybody's guess which one was meant.</summary>
    protected static DateTime? Instant(string? text) =>
        text is not null && text.Length <= 40 && (text.EndsWith('Z') || (text.Length > 19 && text.AsSpan(19).ContainsAny('+', '-')))
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time.UtcDateTime
            : null;

    /// <param name="type">A record.</param>
    protected object Create(Type type)
    {
        var constructor = type.GetConstructors().Single();
        var value = constructor.Invoke([.. constructor.GetParameters().Select(parameter => Read(type.GetProperty(parameter.Name!)!))]);
        if (value is Paged)
            foreach (var property in typeof(Paged).GetProperties()) property.SetValue(value, Read(property));
        return value;
    }

    /// <summary>The value of a name; null where it is not given or is wrong.</summary>
    protected abstract object? Read(string name, PropertyInfo property, Type type);

    private object? Read(PropertyInfo property)
    {
        var (name, type) = (NameOf(property), Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);
        Known.Add(name);
        return Read(name, property, type) ?? (type == typeof(bool) ? false : null);
    }
}

/// <summary>A page of a list.</summary>
internal abstract record Paged
{
    public const int DefaultItems = 100;
    public const int MostItems = 1000;

    /// <summary>At most so many; 1 to 1000, 100 by default.</summary>
    [Range(1, MostItems)]
    public int? Limit { get; init; }

    /// <summary>The next of a page: goes on behind it.</summary>
    public string? After { get; init; }

    /// <summary>The previous of a page: goes back.</summary>
    public string? Before { get; init; }
}
