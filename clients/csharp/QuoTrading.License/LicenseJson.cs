using System;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace QuoTrading;

/// <summary>Reads what a server sent, whatever that is: nothing here throws.</summary>
internal static class LicenseJson
{
    /// <summary>An empty object, where the text is none.</summary>
    public static JsonObject Parse(byte[] text, int length)
    {
        try
        {
            var value = JsonNode.Parse(new ReadOnlySpan<byte>(text, 0, length)) as JsonObject ?? [];
            _ = value.ContainsKey(""); // now and not later it says that a name stands there twice
            return value;
        }
        catch (Exception fault) when (fault is JsonException or ArgumentException or InvalidOperationException)
        {
            return [];
        }
    }

    public static JsonObject Parse(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Parse(bytes, bytes.Length);
    }

    public static byte[] Bytes(this JsonObject value) => Encoding.UTF8.GetBytes(value.ToJsonString());

    /// <summary>Null too where half a character stands in it: it is no text that could be sent or shown.</summary>
    public static string? Text(this JsonNode? value)
    {
        try
        {
            return value is JsonValue told && told.TryGetValue(out string? text) ? text : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <inheritdoc cref="Text(JsonNode)"/>
    public static string? Text(this JsonObject value, string name) => value[name].Text();

    public static bool? Flag(this JsonObject value, string name) => value[name] is JsonValue told && told.TryGetValue(out bool flag) ? flag : null;

    /// <summary>Null too where it is out of bounds: no client relies on such a value.</summary>
    public static double? Number(this JsonObject value, string name, double least, double most) =>
        value[name] is JsonValue told && told.TryGetValue(out double number) && number >= least && number <= most ? number : null;
}
