namespace QuoTrading.Portal.Api.Admin;

/// <summary>What the OpenAPI document shows of an endpoint. All else it has from the handler: its comment (so it must not be private), what it takes, what it answers, who may.</summary>
/// <param name="answer">A success, as JSON.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ExampleAttribute(string answer) : Attribute
{
    public string Answer => answer;

    /// <summary>A body, as JSON: sent to the portal of the example it has that answer.</summary>
    public string? Body { get; set; }

    /// <summary>Of a body that is not read as <see cref="AdminBody{T}"/>.</summary>
    public Type? BodyType { get; set; }

    /// <summary>Of a success.</summary>
    public int Status { get; set; } = StatusCodes.Status200OK;
}
