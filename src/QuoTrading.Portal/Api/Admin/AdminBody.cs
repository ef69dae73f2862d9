using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using QuoTrading.Portal.Api.Http;

namespace QuoTrading.Portal.Api.Admin;

/// <summary>Reads the bodies of administrators' requests.</summary>
internal static class AdminBody
{
    private const int MostBytes = 64 * 1024;

    /// <summary>Room for ten thousand numbers of licenses.</summary>
    public const int MostBytesOfMany = 256 * 1024;

    public static ProblemHttpResult NotJson(string example) => AdminProblems.Of(400, "bad_request", $"The body must be a JSON object like {example}.");

    /// <summary>The body as this type; null where it is no JSON object of that shape.</summary>
    public static async Task<T?> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type) where T : class
    {
        using var document = await ReadDocumentAsync(http);
        try
        {
            return document?.RootElement.ValueKind == JsonValueKind.Object ? document.Deserialize(type) : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The fields of the body; of none where it may be left out and is; null where it is no JSON object.</summary>
    public static async Task<BodyFields?> ReadFieldsAsync(HttpContext http, bool optional = false, int mostBytes = MostBytes)
    {
        if (optional && http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }) return new BodyFields();
        using var document = await ReadDocumentAsync(http, mostBytes);
        return document?.RootElement.ValueKind == JsonValueKind.Object ? new BodyFields(document.RootElement.Clone()) : null;
    }

    /// <summary>The body; null where it is no JSON.</summary>
    public static async Task<JsonDocument?> ReadDocumentAsync(HttpContext http, int mostBytes = MostBytes)
    {
        // Before a byte is read: none of these bodies is large, and one of the endpoints is open to everybody.
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
            // As at the clients' door: a chunk whose size is no number.
            throw new BadHttpRequestException("The body cannot be read.", StatusCodes.Status400BadRequest, unreadable);
        }
    }
}
