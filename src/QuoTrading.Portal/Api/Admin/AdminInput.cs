using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Api.Admin;

/// <summary>
/// The input of a request, read into a record. The names that a request may use are the parameters of the record's constructor, and the
/// properties of <see cref="Paged"/> if the record derives from it, in snake case. The OpenAPI document is made from the same record. A
/// value that cannot be read is an error, and so is an unknown name.
/// </summary>
internal abstract class AdminInput
{
    private readonly List<FieldError> errors = [];

    /// <summary>What is wrong with the input; handlers add what they find.</summary>
    public virtual IEnumerable<FieldError> Errors => errors;

    /// <summary>The errors as an answer, to be read after all checks; null if there are none.</summary>
    public ValidationProblem? Problem => Errors.ToList() is { Count: > 0 } wrong ? AdminProblems.Invalid(wrong) : null;

    /// <summary>The names that the request may use.</summary>
    protected HashSet<string> Known { get; } = new(StringComparer.Ordinal);

    /// <summary>The names of an enum's values, in snake case as <see cref="Sessions.Rules.WireNames"/> writes them.</summary>
    public static IReadOnlyList<string> WordsOf(Type vocabulary) => [.. Enum.GetNames(vocabulary).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    /// <summary>The enum value with this name; null if there is none.</summary>
    public static object? WordOf(Type vocabulary, string? text) =>
        WordsOf(vocabulary).ToList().IndexOf(text!) is >= 0 and var index ? Enum.GetValues(vocabulary).GetValue(index) : null;

    /// <summary>The name of a property in requests and answers.</summary>
    public static string NameOf(PropertyInfo property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);

    public void Refuse(string name, string message) => errors.Add(new(name, message));

    /// <summary>Reads the request. <see cref="AdminProblems.Filter"/> calls it before the handler, and handles its exceptions.</summary>
    /// <returns>The answer if the request cannot be read at all; else null.</returns>
    public virtual Task<IResult?> ReadAsync(HttpContext http) => Task.FromResult<IResult?>(null);

    /// <summary>Reads a time; null if the text is not one, or has no zone: without a zone the time is ambiguous.</summary>
    protected static DateTime? Instant(string? text) =>
        text is not null && text.Length <= 40 && (text.EndsWith('Z') || (text.Length > 19 && text.AsSpan(19).ContainsAny('+', '-')))
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time.UtcDateTime
            : null;

    /// <summary>Creates a record from the input.</summary>
    /// <param name="type">The type of the record.</param>
    protected object Create(Type type)
    {
        var constructor = type.GetConstructors().Single();
        var value = constructor.Invoke([.. constructor.GetParameters().Select(parameter => Read(type.GetProperty(parameter.Name!)!))]);
        if (value is Paged)
            foreach (var property in typeof(Paged).GetProperties()) property.SetValue(value, Read(property));
        return value;
    }

    /// <summary>The value of a name; null if it was left out or is wrong.</summary>
    protected abstract object? Read(string name, PropertyInfo property, Type type);

    private object? Read(PropertyInfo property)
    {
        var (name, type) = (NameOf(property), Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);
        Known.Add(name);
        return Read(name, property, type) ?? (type == typeof(bool) ? false : null);
    }
}

/// <summary>The parameters that choose a page of a list.</summary>
internal abstract record Paged
{
    public const int DefaultItems = 100;
    public const int MostItems = 1000;

    /// <summary>The most items on the page: 1 to 1000; 100 by default.</summary>
    [Range(1, MostItems)]
    public int? Limit { get; init; }

    /// <summary>The value next of a page: returns the page after it.</summary>
    public string? After { get; init; }

    /// <summary>The value previous of a page: returns the page before it.</summary>
    public string? Before { get; init; }
}
