using System.Reflection;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;

namespace QuoTrading.Portal.Api.Admin;

/// <summary>
/// The answer of an endpoint: a value or a problem. Like the framework's <c>Results&lt;Ok&lt;T&gt;, …&gt;</c> it gives the OpenAPI document
/// the type of the value, but it serializes the value with <see cref="AdminJson.Readable"/>.
/// </summary>
internal sealed class AdminResult<T> : IResult, IEndpointMetadataProvider
{
    private readonly IResult result;

    private AdminResult(IResult result) => this.result = result;

    public static implicit operator AdminResult<T>(T value) => new(TypedResults.Json(value, AdminJson.Readable));

    public static implicit operator AdminResult<T>(ProblemHttpResult problem) => new(problem);

    public static implicit operator AdminResult<T>(ValidationProblem problem) => new(problem);

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) => builder.Metadata.Add(
        new ProducesResponseTypeMetadata(method.GetCustomAttribute<ExampleAttribute>()?.Status ?? StatusCodes.Status200OK, typeof(T), ["application/json"]));

    public Task ExecuteAsync(HttpContext httpContext) => result.ExecuteAsync(httpContext);
}
