using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using QuoTrading.Portal.Api.Http;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Api.Admin;

/// <summary>How a request body is read into the record that has this attribute.</summary>
/// <param name="like">An example body, for the error message.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class BodyAttribute(string like) : Attribute
{
    public string Like => like;

    /// <summary>The body may be left out.</summary>
    public bool IsOptional { get; set; }

    /// <summary>Error messages call the fields settings, and every value of a repeated field must be valid, not only the last.</summary>
    public bool IsSettings { get; set; }

    public int MostBytes { get; set; } = AdminBody.MostBytes;
}

/// <summary>
/// The fields of a JSON object. A field that is left out differs from null, and an unknown field is an error: a typing error must not
/// change less, or more, than was intended.
/// </summary>
internal class AdminBody(bool isSettings) : AdminInput
{
    public const int MostBytes = 64 * 1024;

    private readonly Dictionary<string, List<JsonElement>> fields = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public override IEnumerable<FieldError> Errors => OwnErrors.Concat(Inner?.Errors ?? []);

    /// <summary>The errors outside <see cref="Inner"/>.</summary>
    public IEnumerable<FieldError> OwnErrors => base.Errors
        .Concat(fields.Keys.Where(name => !Known.Contains(name)).Select(name => new FieldError(name, isSettings ? $"There is no setting {name}." : $"There is no field {name} here.")));

    /// <summary>The object nested in the body; null if there is none.</summary>
    public AdminBody? Inner { get; private set; }

    public static ProblemHttpResult NotJson(string example) => AdminProblems.Of(400, "bad_request", $"The body must be a JSON object like {example}.");

    /// <summary>Reads the body with the serializer; null if it is not a JSON object of that shape.</summary>
    public static async Task<T?> ReadAsync<T>(HttpContext http) where T : class
    {
        using var document = await ReadDocumentAsync(http, MostBytes);
        try
        {
            return document?.RootElement.ValueKind == JsonValueKind.Object ? document.Deserialize<T>(AdminJson.Readable) : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Whether the field is present and valid.</summary>
    public bool Has(string name) => fields.ContainsKey(name) && base.Errors.All(error => error.Field != name);

    /// <summary>The body; null if it is not JSON.</summary>
    protected static async Task<JsonDocument?> ReadDocumentAsync(HttpContext http, int mostBytes)
    {
        // Must be set before the first byte is read. All these bodies are small, and one of the endpoints is open to anonymous requests.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = mostBytes;
        try
        {
            return await JsonDocument.ParseAsync(http.Request.Body, default, http.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
        catch (IOException unreadable) when (unreadable is not BadHttpRequestException)
        {
            // For example, if the size of a chunk is not a number; the same as in ClientDoor.
            throw new BadHttpRequestException("The body cannot be read.", StatusCodes.Status400BadRequest, unreadable);
        }
    }

    protected object Read(Type type, JsonElement body)
    {
        foreach (var field in body.EnumerateObject())
        {
            if (JsonText.NameOf(field) is not { } name) Refuse("", $"The name of a {(isSettings ? "setting" : "field")} must be text.");
            else if (!fields.TryAdd(name, [field.Value])) fields[name].Add(field.Value);
        }

        return Create(type);
    }

    protected override object? Read(string name, PropertyInfo property, Type type)
    {
        object? read = null;
        foreach (var value in fields.GetValueOrDefault(name, []).TakeLast(isSettings ? int.MaxValue : 1)) read = Read(name, value, type);
        return read;
    }

    private object? Read(string name, JsonElement value, Type type)
    {
        (object? Value, string Must) read = type switch
        {
            _ when type == typeof(string) => (JsonText.Of(value), "text"),
            _ when type == typeof(int) => (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null, "a whole number"),
            _ when type == typeof(bool) => (value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : null, "true or false"),
            _ when type == typeof(DateTime) => (Instant(JsonText.Of(value)), "a time with its zone, like 2027-01-31T12:00:00Z, or null for never"),
            _ when type == typeof(IReadOnlyList<long>) => (Numbers(value), "a list of whole numbers"),
            { IsEnum: true } => (WordOf(type, JsonText.Of(value)), string.Join(" or ", WordsOf(type).Select(word => $"\"{word}\""))),
            _ => (value.ValueKind == JsonValueKind.Object ? (Inner = new AdminBody(isSettings)).Read(type, value) : null, "an object"),
        };
        var isNone = value.ValueKind == JsonValueKind.Null && (type == typeof(string) || type == typeof(DateTime));
        if (read.Value is null && !isNone) Refuse(name, $"{name} must be {read.Must}.");
        return read.Value;
    }

    private static List<long>? Numbers(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array) return null;
        var numbers = value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var number) ? number : (long?)null).ToList();
        return numbers.Contains(null) ? null : [.. numbers.Select(number => number!.Value)];
    }
}

/// <summary>A request body, read into a record.</summary>
internal sealed class AdminBody<T>() : AdminBody(Form.IsSettings)
{
    private static readonly BodyAttribute Form = typeof(T).GetCustomAttribute<BodyAttribute>()!;
    private static readonly JsonElement Nothing = JsonElement.Parse("{}");

    /// <summary>A field that was left out is null or false; <see cref="AdminBody.Has"/> distinguishes it from one that was sent.</summary>
    public T Value { get; private set; } = default!;

    /// <inheritdoc cref="AdminQuery{T}.BindAsync"/>
    public static ValueTask<AdminBody<T>> BindAsync(HttpContext http) => ValueTask.FromResult(new AdminBody<T>());

    /// <inheritdoc/>
    public override async Task<IResult?> ReadAsync(HttpContext http)
    {
        var isLeftOut = Form.IsOptional && http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false };
        using var document = isLeftOut ? null : await ReadDocumentAsync(http, Form.MostBytes);
        if (!isLeftOut && document?.RootElement.ValueKind != JsonValueKind.Object) return NotJson(Form.Like);
        Value = (T)Read(typeof(T), document?.RootElement ?? Nothing);
        return null;
    }
}
