namespace QuoTrading.Portal.Api.Description;

/// <summary>The OpenAPI description of an endpoint that reads and writes its JSON by itself, as the client endpoints do.</summary>
/// <param name="Summary">One line.</param>
/// <param name="Answer">The type of the answer to a success.</param>
/// <param name="Example">The answer to a success, as JSON.</param>
internal sealed record EndpointDescription(string Summary, Type Answer, string Example)
{
    /// <summary>Details that the summary leaves out.</summary>
    public string? Text { get; init; }

    /// <summary>The fields of the request body; null if there is none.</summary>
    public IReadOnlyList<Field>? Body { get; init; }

    /// <summary>A request body, as JSON.</summary>
    public string? BodyExample { get; init; }

    /// <summary>The statuses of its refusals.</summary>
    public IReadOnlyList<int> Refusals { get; init; } = [];

    /// <summary>The media type of a success.</summary>
    public string MediaType { get; init; } = "application/json";
}

/// <summary>A field of a request body.</summary>
/// <param name="Type">As JSON Schema names it.</param>
/// <param name="Format">As JSON Schema names it; null for none.</param>
/// <param name="OneOf">The only values that are allowed; null if any text is.</param>
internal sealed record Field(string Name, string Type, string Text, bool IsNeeded = false, string? Format = null, IReadOnlyList<string>? OneOf = null);

internal static class EndpointDescriptions
{
    /// <summary>Adds the description to the endpoint, for the OpenAPI document.</summary>
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder endpoint, EndpointDescription description) => endpoint
        .WithSummary(description.Summary)
        .WithMetadata(description, new ProducesResponseTypeMetadata(StatusCodes.Status200OK, description.Answer, [description.MediaType]));
}
