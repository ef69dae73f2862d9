namespace QuoTrading.Portal.Api.Description;

/// <summary>What the OpenAPI document says of an endpoint that reads and writes by itself, as those of launchers and bots do.</summary>
/// <param name="Summary">One line.</param>
/// <param name="Answer">The contract of a success.</param>
/// <param name="Example">A success, as JSON.</param>
internal sealed record EndpointDescription(string Summary, Type Answer, string Example)
{
    /// <summary>What the summary has no room for.</summary>
    public string? Text { get; init; }

    /// <summary>The fields of the body; null where there is none.</summary>
    public IReadOnlyList<Field>? Body { get; init; }

    /// <summary>A body, as JSON.</summary>
    public string? BodyExample { get; init; }

    /// <summary>Other statuses that it may answer.</summary>
    public IReadOnlyList<int> Refusals { get; init; } = [];

    /// <summary>What a success is sent as.</summary>
    public string MediaType { get; init; } = "application/json";
}

/// <summary>A field of a body.</summary>
/// <param name="Type">As JSON Schema names it.</param>
/// <param name="Format">As JSON Schema names it; null for none.</param>
/// <param name="OneOf">The words of a closed vocabulary.</param>
internal sealed record Field(string Name, string Type, string Text, bool IsNeeded = false, string? Format = null, IReadOnlyList<string>? OneOf = null);

internal static class EndpointDescriptions
{
    /// <summary>Tells the OpenAPI document of the endpoint.</summary>
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder endpoint, EndpointDescription description) => endpoint
        .WithSummary(description.Summary)
        .WithMetadata(description, new ProducesResponseTypeMetadata(StatusCodes.Status200OK, description.Answer, [description.MediaType]));
}
