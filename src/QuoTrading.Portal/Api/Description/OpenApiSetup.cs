using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using QuoTrading.Portal.Accounts;

namespace QuoTrading.Portal.Api.Description;

/// <summary>
/// The OpenAPI document at <see cref="Path"/>. It tells nothing secret; but whoever has no business here need not read it, so any
/// signed-in person or token may, and nobody else.
/// </summary>
internal static class OpenApiSetup
{
    public const string Path = "/api/openapi.json";

    private const string Bearer = "bearer";
    private const string Problem = "Problem";
    private const string RefusalName = "Refusal";

    public static void AddPortalOpenApi(this IServiceCollection services)
    {
        // As AdminJson and ClientJson write: the schemas are made from these options, and nothing else is.
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        services.AddOpenApi(options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.ShouldInclude = description => description.ActionDescriptor.EndpointMetadata.OfType<EndpointDescription>().Any();
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
        // Wherever it is served is where it is.
        document.Servers = [new OpenApiServer { Url = "/" }];
        return Task.CompletedTask;
    }

    private static Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var description = metadata.OfType<EndpointDescription>().Single();
        var role = metadata.OfType<IAuthorizeData>().LastOrDefault()?.Policy?.Split('.')[^1];
        operation.OperationId = description.Summary;
        operation.Description = string.Join(' ', new[] { description.Text, description.IsForClients ? null : $"Needs a token of the role {role}." }.Where(text => text is not null));
        operation.Parameters = [.. operation.Parameters ?? [], .. description.Query.Select(Parameter)];
        if (description.Body is { } fields) operation.RequestBody = Body(fields, description.BodyExample!);
        Success(operation, description);
        var document = context.Document!;
        AddSchemas(document);
        foreach (var status in Statuses(description, role))
            (operation.Responses ??= [])[$"{status}"] = description.IsForClients ? ProblemTexts.Refusal(status, RefusalName, document) : ProblemTexts.Problem(status, Problem, document);
        if (!description.IsForClients) operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] }];
        return Task.CompletedTask;
    }

    private static void AddSchemas(OpenApiDocument document)
    {
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
        document.Components.SecuritySchemes[Bearer] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = Bearer,
            Description = "A token made in the portal: Authorization: Bearer qtp_…",
        };
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        document.Components.Schemas[Problem] = ProblemTexts.ProblemSchema;
        document.Components.Schemas[RefusalName] = ProblemTexts.RefusalSchema;
    }

    private static IEnumerable<int> Statuses(EndpointDescription description, string? role)
    {
        if (description.IsForClients) return description.Problems;
        var all = description.Problems.Append(401).Append(503);
        return (role == nameof(Policies.Viewer) ? all : all.Append(403)).Order();
    }

    private static void Success(OpenApiOperation operation, EndpointDescription description)
    {
        var response = operation.Responses![$"{description.Status}"];
        response.Content![description.MediaType].Example = JsonNode.Parse(description.Example);
    }

    private static OpenApiParameter Parameter(Field field) =>
        new() { Name = field.Name, In = ParameterLocation.Query, Description = field.Text, Required = field.IsNeeded, Schema = Schema(field, describe: false) };

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
                    Properties = fields.ToDictionary(field => field.Name, IOpenApiSchema (field) => Schema(field, describe: true), StringComparer.Ordinal),
                    Required = fields.Where(field => field.IsNeeded).Select(field => field.Name).ToHashSet(StringComparer.Ordinal),
                },
                Example = JsonNode.Parse(example),
            },
        },
    };

    private static OpenApiSchema Schema(Field field, bool describe) => new()
    {
        Type = field.Type switch
        {
            "integer" => JsonSchemaType.Integer,
            "boolean" => JsonSchemaType.Boolean,
            "array" => JsonSchemaType.Array,
            "object" => JsonSchemaType.Object,
            _ => JsonSchemaType.String,
        },
        Items = field.Type == "array" ? new OpenApiSchema { Type = JsonSchemaType.Integer } : null,
        Format = field.Format,
        Description = describe ? field.Text : null,
        Enum = field.OneOf?.Select(JsonNode (word) => JsonValue.Create(word)).ToList(),
    };
}
