using System.Globalization;
using System.Text.Json;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Api.Http;

/// <summary>
/// The fields of a body, read one by one: absent is told from null, and a field that nobody asked for is an error, since a slip of
/// the finger must not change less, or more, than was meant.
/// </summary>
internal sealed class BodyFields
{
    private readonly Dictionary<string, JsonElement> unread = new(StringComparer.Ordinal);
    private readonly List<FieldError> errors = [];

    /// <summary>Of a body that was left out.</summary>
    public BodyFields()
    {
    }

    /// <param name="body">An object.</param>
    public BodyFields(JsonElement body)
    {
        foreach (var field in body.EnumerateObject())
        {
            if (JsonText.NameOf(field) is { } name) unread[name] = field.Value;
            else errors.Add(new("", "The name of a field must be text."));
        }
    }

    /// <summary>What is wrong; to be asked when everything was read.</summary>
    public IReadOnlyList<FieldError> Errors => [.. errors, .. unread.Keys.Select(name => new FieldError(name, $"There is no field {name} here."))];

    /// <summary>Says what is wrong with a field that could be read.</summary>
    public void Refuse(string name, string message) => errors.Add(new(name, message));

    /// <summary>Null where it is absent or null.</summary>
    public string? Text(string name) => TextIfAny(name).Value;

    /// <inheritdoc cref="Text"/>
    public (bool IsThere, string? Value) TextIfAny(string name)
    {
        if (!Take(name, out var value)) return (false, null);
        if (value.ValueKind == JsonValueKind.Null) return (true, null);
        if (JsonText.Of(value) is { } text) return (true, text);
        errors.Add(new(name, $"{name} must be text."));
        return (false, null);
    }

    /// <summary>Null where it is absent; null itself is no number.</summary>
    public int? Number(string name)
    {
        if (!Take(name, out var value)) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)) return number;
        errors.Add(new(name, $"{name} must be a whole number."));
        return null;
    }

    /// <summary>False where it is absent.</summary>
    public bool Flag(string name)
    {
        if (!Take(name, out var value)) return false;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        errors.Add(new(name, $"{name} must be true or false."));
        return false;
    }

    /// <summary>A time, UTC, or null for never.</summary>
    public (bool IsThere, DateTime? Value) InstantIfAny(string name)
    {
        if (!Take(name, out var value)) return (false, null);
        if (value.ValueKind == JsonValueKind.Null) return (true, null);
        if (Instant(JsonText.Of(value)) is { } instant) return (true, instant);
        errors.Add(new(name, $"{name} must be a time with its zone, like 2027-01-31T12:00:00Z, or null for never."));
        return (false, null);
    }

    /// <summary>Whole numbers; null where the field is absent.</summary>
    public IReadOnlyList<long>? Numbers(string name)
    {
        if (!Take(name, out var value)) return null;
        var numbers = new List<long>();
        if (value.ValueKind == JsonValueKind.Array)
            foreach (var item in value.EnumerateArray())
                if (item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var number)) numbers.Add(number);
        if (value.ValueKind == JsonValueKind.Array && numbers.Count == value.GetArrayLength()) return numbers;
        errors.Add(new(name, $"{name} must be a list of whole numbers."));
        return null;
    }

    /// <summary>An object of its own; null where the field is absent.</summary>
    public BodyFields? Object(string name)
    {
        if (!Take(name, out var value)) return null;
        if (value.ValueKind == JsonValueKind.Object) return new BodyFields(value);
        errors.Add(new(name, $"{name} must be an object."));
        return null;
    }

    /// <summary>A time out of a text; null where it is none. Without a zone it would be anybody's guess which one was meant.</summary>
    public static DateTime? Instant(string? text) =>
        text is not null && text.Length <= 40 && (text.EndsWith('Z') || (text.Length > 19 && text.AsSpan(19).ContainsAny('+', '-')))
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time.UtcDateTime
            : null;

    private bool Take(string name, out JsonElement value) => unread.Remove(name, out value);
}
