using QuoTrading.Portal.Api.Admin;

namespace QuoTrading.Portal.Api.Description;

/// <summary>What the OpenAPI document says of an endpoint, besides what can be read from its route and policy.</summary>
/// <param name="Summary">One line.</param>
/// <param name="Answer">The contract of a success.</param>
/// <param name="Example">A success, as JSON.</param>
internal sealed record EndpointDescription(string Summary, Type Answer, string Example)
{
    /// <summary>What the summary has no room for.</summary>
    public string? Text { get; init; }

    /// <summary>The status of a success.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The parameters behind the <c>?</c>.</summary>
    public IReadOnlyList<Field> Query { get; init; } = [];

    /// <summary>The fields of the body; null where there is none.</summary>
    public IReadOnlyList<Field>? Body { get; init; }

    /// <summary>A body, as JSON: sent to the portal of the example it has the answer of the example.</summary>
    public string? BodyExample { get; init; }

    /// <summary>Other statuses that the endpoint itself may answer. 401, 403 and 503 are added where they belong.</summary>
    public IReadOnlyList<int> Problems { get; init; } = [];

    /// <summary>What a success is sent as.</summary>
    public string MediaType { get; init; } = "application/json";

    /// <summary>True for the endpoints of launchers and bots: they refuse in words of their own, and need no token.</summary>
    public bool IsForClients { get; init; }
}

/// <summary>A field of a body, or a parameter.</summary>
/// <param name="Type">As JSON Schema names it.</param>
/// <param name="Format">As JSON Schema names it; null for none.</param>
/// <param name="OneOf">The words of a closed vocabulary.</param>
internal sealed record Field(string Name, string Type, string Text, bool IsNeeded = false, string? Format = null, IReadOnlyList<string>? OneOf = null)
{
    /// <summary>The paging of every list.</summary>
    public static IReadOnlyList<Field> Paging { get; } =
    [
        new("limit", "integer", $"At most so many; 1 to {AdminQuery.MostItems}, {AdminQuery.DefaultItems} by default."),
        new("after", "string", "The next of a page: goes on behind it."),
        new("before", "string", "The previous of a page: goes back."),
    ];

    /// <summary>An optional time.</summary>
    public static Field Time(string name, string text) => new(name, "string", text, Format: "date-time");
}

internal static class EndpointDescriptions
{
    /// <summary>Tells the OpenAPI document of the endpoint.</summary>
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder endpoint, EndpointDescription description) => endpoint
        .WithSummary(description.Summary)
        .WithMetadata(description, new ProducesResponseTypeMetadata(description.Status, description.Answer, [description.MediaType]));
}
