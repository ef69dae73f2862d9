using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Api.Admin;
using QuoTrading.Portal.Api.Description;

namespace QuoTrading.Portal.Api;

/// <summary>
/// The OpenAPI document at <see cref="Path"/>. It contains no secret, but strangers need not read it: any signed-in person or token may,
/// and no one else.
/// </summary>
internal static class OpenApiSetup
{
    public const string Path = "/api/openapi.json";

    public static void AddPortalOpenApi(this IServiceCollection services)
    {
        // The same as in AdminJson and ClientJson. Only the schemas depend on these options.
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        services.AddOpenApi(options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.ShouldInclude = description => description.ActionDescriptor.EndpointMetadata.Any(metadata => metadata is ExampleAttribute or EndpointDescription);
            options.CreateSchemaReferenceId = type => AdminOperations.IsText(type.Type) ? null : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
            options.AddSchemaTransformer(AdminOperations.FitAsync);
            options.AddDocumentTransformer(AddCommonAsync);
            options.AddOperationTransformer(DescribeAsync);
        });
    }

    public static void MapPortalOpenApi(this IEndpointRouteBuilder app) => app.MapOpenApi(Path).RequireAuthorization(Policies.Reader).ExcludeFromDescription();

    private static Task AddCommonAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancel)
    {
        document.Info = new OpenApiInfo
        {
            Title = "QuoTrading Portal",
            Version = typeof(OpenApiSetup).Assembly.GetName().Version!.ToString(3),
            Description = "The endpoints of launchers and bots, and those of administrators' scripts.",
        };
        // A relative address: the server is the one that the document is read from.
        document.Servers = [new OpenApiServer { Url = "/" }];
        return Task.CompletedTask;
    }

    private static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        AddSchemas(context.Document!);
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<ExampleAttribute>().SingleOrDefault() is { } example) return AdminOperations.DescribeAsync(operation, context, example, cancel);
        var description = metadata.OfType<EndpointDescription>().Single();
        operation.OperationId = description.Summary;
        operation.Description = description.Text;
        if (description.Body is { } fields) operation.RequestBody = Body(fields, description.BodyExample!);
        operation.Responses!["200"].Content![description.MediaType].Example = JsonNode.Parse(description.Example);
        foreach (var status in description.Refusals) operation.Responses[$"{status}"] = ProblemDescriptions.Refusal(status, context.Document!);
        return Task.CompletedTask;
    }

    private static void AddSchemas(OpenApiDocument document)
    {
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
        document.Components.SecuritySchemes[ProblemDescriptions.Bearer] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = ProblemDescriptions.Bearer,
            Description = "A token made in the portal: Authorization: Bearer qtp_…",
        };
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        document.Components.Schemas[ProblemDescriptions.ProblemName] = ProblemDescriptions.ProblemSchema;
        document.Components.Schemas[ProblemDescriptions.RefusalName] = ProblemDescriptions.RefusalSchema;
    }

    private static OpenApiRequestBody Body(IReadOnlyList<Field> fields, string example) => new()
    {
        Required = fields.Any(field => field.IsNeeded),
        Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
        {
            ["application/json"] = new()
            {
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Properties = fields.ToDictionary(field => field.Name, IOpenApiSchema (field) => Schema(field), StringComparer.Ordinal),
                    Required = fields.Where(field => field.IsNeeded).Select(field => field.Name).ToHashSet(StringComparer.Ordinal),
                },
                Example = JsonNode.Parse(example),
            },
        },
    };

    private static OpenApiSchema Schema(Field field) => new()
    {
        Type = Enum.Parse<JsonSchemaType>(field.Type, ignoreCase: true),
        Format = field.Format,
        Description = field.Text,
        Enum = field.OneOf?.Select(JsonNode (word) => JsonValue.Create(word)).ToList(),
    };
}
