using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace QuoTrading.Portal.Api.Description;

/// <summary>The descriptions of errors in the OpenAPI document.</summary>
internal static class ProblemDescriptions
{
    /// <summary>The name of the security scheme.</summary>
    public const string Bearer = "bearer";

    public const string ProblemName = "Problem";
    public const string RefusalName = "Refusal";

    private static readonly Dictionary<int, (string Title, string Code, string Detail)> Problems = new()
    {
        [400] = ("Bad Request", "invalid", "A value is wrong; errors names it and its bounds."),
        [401] = ("Unauthorized", "token_missing", "No token; or token_invalid: unknown, expired or revoked."),
        [403] = ("Forbidden", "forbidden", "The token's role does not allow it."),
        [404] = ("Not Found", "not_found", "There is no such thing."),
        [409] = ("Conflict", "outdated", "Somebody else has changed it meanwhile. Nothing was changed; license is how it is now."),
        [503] = ("Service Unavailable", "unavailable", "The portal cannot write now. Retry-After says when to try again."),
    };

    private static readonly Dictionary<int, (string Code, string Message)> Refusals = new()
    {
        [400] = ("bad_request", "license_key is missing."),
        [401] = ("unknown_key", "Invalid license key"),
        [403] = ("session_conflict", "License already in use on another device. Please stop the bot on the other computer first."),
        [404] = ("unknown_key", "Invalid license key"),
        [413] = ("body_too_large", "The body is larger than 256 KiB."),
        [429] = ("too_many_requests", "Too many requests. Please wait a moment and try again."),
        [503] = ("unavailable", "The license server cannot answer right now. Please try again in a few seconds."),
    };

    /// <summary>Problem details (RFC 9457) with a code, for scripts.</summary>
    public static OpenApiSchema ProblemSchema { get; } = Object(
        "Problem details (RFC 9457) with a code. A problem may have more: license, created, done.", ["status", "code"],
        ("type", JsonSchemaType.String), ("title", JsonSchemaType.String), ("status", JsonSchemaType.Integer), ("detail", JsonSchemaType.String), ("code", JsonSchemaType.String), ("errors", JsonSchemaType.Object));

    /// <summary>A refusal as launchers and bots read it.</summary>
    public static OpenApiSchema RefusalSchema { get; } = Object(
        "A refusal. What does not apply is left out.", ["status", "message", "code"],
        ("status", JsonSchemaType.String), ("message", JsonSchemaType.String), ("code", JsonSchemaType.String), ("license_valid", JsonSchemaType.Boolean), ("session_conflict", JsonSchemaType.Boolean),
        ("force_logout", JsonSchemaType.Boolean), ("active_device", JsonSchemaType.String), ("estimated_wait_seconds", JsonSchemaType.Integer), ("license_expiration", JsonSchemaType.String), ("kept_out_until", JsonSchemaType.String));

    public static OpenApiResponse Problem(int status, OpenApiDocument document)
    {
        var (title, code, detail) = Problems[status];
        return Response(detail, "application/problem+json", ProblemName, document, new JsonObject { ["title"] = title, ["status"] = status, ["detail"] = detail, ["code"] = code });
    }

    public static OpenApiResponse Refusal(int status, OpenApiDocument document)
    {
        var (code, message) = Refusals[status];
        return Response(message, "application/json", RefusalName, document, new JsonObject { ["status"] = "error", ["message"] = message, ["code"] = code });
    }

    private static OpenApiResponse Response(string text, string type, string schema, OpenApiDocument document, JsonObject example) => new()
    {
        Description = text,
        Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { [type] = new() { Schema = new OpenApiSchemaReference(schema, document), Example = example } },
    };

    private static OpenApiSchema Object(string text, string[] needed, params (string Name, JsonSchemaType Type)[] members) => new()
    {
        Type = JsonSchemaType.Object,
        Description = text,
        Properties = members.ToDictionary(member => member.Name, IOpenApiSchema (member) => new OpenApiSchema { Type = member.Type }, StringComparer.Ordinal),
        Required = needed.ToHashSet(StringComparer.Ordinal),
    };
}
