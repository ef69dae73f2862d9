namespace QuoTrading.Portal.Api.Admin;

/// <summary>
/// The examples of an endpoint in the OpenAPI document. Everything else in the document comes from the handler: its comment (so it must
/// not be private), its parameters, its return type and its policy.
/// </summary>
/// <param name="answer">The answer to a success, as JSON.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ExampleAttribute(string answer) : Attribute
{
    public string Answer => answer;

    /// <summary>A request body, as JSON, to which <see cref="Answer"/> is the answer.</summary>
    public string? Body { get; set; }

    /// <summary>The type of the body, if it is not read as <see cref="AdminBody{T}"/>.</summary>
    public Type? BodyType { get; set; }

    /// <summary>The status of a success.</summary>
    public int Status { get; set; } = StatusCodes.Status200OK;
}
