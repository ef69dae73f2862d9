using System.Text.Json;

namespace QuoTrading.Portal.Api.Http;

/// <summary>Reads text from JSON. An escaped unpaired surrogate is valid JSON, but not valid text.</summary>
internal static class JsonText
{
    /// <summary>Null if the value is not valid text.</summary>
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

    /// <summary>Null if the name is not valid text.</summary>
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
