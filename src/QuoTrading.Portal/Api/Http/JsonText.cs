using System.Text.Json;

namespace QuoTrading.Portal.Api.Http;

/// <summary>Text out of JSON. Half of a surrogate pair, escaped, is good JSON and no text.</summary>
internal static class JsonText
{
    /// <summary>Null where the value is no text.</summary>
    public static string? Of(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Null where the name is no text.</summary>
    public static string? NameOf(JsonProperty field)
    {
        try
        {
            return field.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
