using System.Text.Json;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>A client's metadata as pairs of name and value, shortened. Untrusted text; the page encodes it.</summary>
internal static class MetadataText
{
    private const int MostPairs = 40;
    private const int MostCharacters = 200;

    public static IReadOnlyList<(string Name, string Value)> Pairs(string? metadata)
    {
        if (metadata is null) return [];
        try
        {
            using var document = JsonDocument.Parse(metadata);
            return document.RootElement.ValueKind != JsonValueKind.Object ? [] : [.. document.RootElement.EnumerateObject().Take(MostPairs).Select(Pair)];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static (string Name, string Value) Pair(JsonProperty property)
    {
        try
        {
            return (Shorten(property.Name), Shorten(property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : property.Value.GetRawText()));
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair: valid in JSON, but not in a string.
            return ("?", Shorten(property.Value.GetRawText()));
        }
    }

    private static string Shorten(string text) => text.Length <= MostCharacters ? text : text[..MostCharacters] + "…";
}
