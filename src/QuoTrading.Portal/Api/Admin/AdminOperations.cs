using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Api.Description;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Api.Admin;

/// <summary>
/// Adds to the OpenAPI document what the framework does not find of an endpoint for administrators' scripts: its parameters, body,
/// refusals and examples.
/// </summary>
internal static class AdminOperations
{
    public static async Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, ExampleAttribute example, CancellationToken cancel)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var role = metadata.OfType<IAuthorizeData>().Last().Policy!.Split('.')[^1];
        var inputs = metadata.OfType<MethodInfo>().Single().GetParameters().Select(parameter => parameter.ParameterType).Where(type => type.IsAssignableTo(typeof(AdminInput))).ToList();
        var query = inputs.Find(type => type.GetGenericTypeDefinition() == typeof(AdminQuery<>))?.GetGenericArguments()[0];
        var body = inputs.Find(type => type.GetGenericTypeDefinition() == typeof(AdminBody<>))?.GetGenericArguments()[0] ?? example.BodyType;

        operation.OperationId = operation.Summary;
        operation.Description = $"{operation.Description} Needs a token of the role {role}.".TrimStart();
        if (query is not null) operation.Parameters = [.. operation.Parameters ?? [], .. (await SchemaAsync(query)).Properties!.Select(Parameter)];
        if (body is not null)
        {
            var content = new OpenApiMediaType { Schema = await SchemaAsync(body), Example = JsonNode.Parse(example.Body!) };
            operation.RequestBody = new OpenApiRequestBody { Required = content.Schema.Required!.Count > 0, Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { ["application/json"] = content } };
        }

        operation.Responses![$"{example.Status}"].Content!["application/json"].Example = JsonNode.Parse(example.Answer);
        foreach (var status in Statuses()) operation.Responses[$"{status}"] = ProblemDescriptions.Problem(status, context.Document!);
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(ProblemDescriptions.Bearer, context.Document)] = [] }];

        IEnumerable<int> Statuses()
        {
            if (query is not null || body is not null) yield return 400;
            yield return 401;
            if (role != nameof(Policies.Viewer)) yield return 403;
            if (operation.Parameters?.Any(parameter => parameter.In == ParameterLocation.Path) == true) yield return 404;
            if (body?.IsAssignableTo(typeof(ChangeBody)) == true) yield return 409;
            yield return 503;
        }

        async Task<OpenApiSchema> SchemaAsync(Type type) => Fit(await context.GetOrCreateSchemaAsync(type, null, cancel), type);
    }

    /// <summary>Describes enums and filters as <see cref="AdminInput"/> reads them, which differs from the serializer.</summary>
    public static Task FitAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancel)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (IsText(type)) (schema.Type, schema.Properties, schema.Required) = (JsonSchemaType.String, null, null);
        var words = type.IsEnum ? AdminInput.WordsOf(type) : (context.JsonPropertyInfo?.AttributeProvider as PropertyInfo)?.GetCustomAttribute<AllowedValuesAttribute>()?.Values.OfType<string>();
        if (words is not null) schema.Enum = [.. words.Select(word => JsonValue.Create(word))];
        return Task.CompletedTask;
    }

    /// <summary>Whether a value of this type is a string in JSON.</summary>
    public static bool IsText(Type type) => type == typeof(TextMatch) || (Nullable.GetUnderlyingType(type) ?? type).IsEnum;

    // A field that may be null may also be left out, so null is removed from its type. Only fields with [Required] are required.
    private static OpenApiSchema Fit(OpenApiSchema schema, Type type)
    {
        schema.Properties ??= new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        schema.Required = type.GetProperties().Where(property => property.IsDefined(typeof(RequiredAttribute))).Select(AdminInput.NameOf).ToHashSet(StringComparer.Ordinal);
        foreach (var property in type.GetProperties())
        {
            var field = (OpenApiSchema)schema.Properties[AdminInput.NameOf(property)];
            field.Type &= ~JsonSchemaType.Null;
            if (field.Properties is { Count: > 0 }) Fit(field, property.PropertyType);
        }

        return schema;
    }

    private static OpenApiParameter Parameter(KeyValuePair<string, IOpenApiSchema> field)
    {
        var schema = (OpenApiSchema)field.Value;
        var text = schema.Description;
        schema.Description = null;
        return new() { Name = field.Key, In = ParameterLocation.Query, Description = text, Schema = schema };
    }
}
