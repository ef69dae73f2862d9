using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Api.Admin;

/// <summary>Errors of the endpoints of administrators' scripts: RFC 9457 problem details with a <c>code</c>.</summary>
internal static partial class AdminProblems
{
    public static ProblemHttpResult Of(int status, string code, string detail) => TypedResults.Problem(detail, statusCode: status, extensions: Code(code));

    public static ValidationProblem Invalid(IEnumerable<FieldError> errors) => TypedResults.ValidationProblem(
        errors.GroupBy(e => e.Field, StringComparer.Ordinal).ToDictionary(field => field.Key, field => field.Select(e => e.Message).ToArray(), StringComparer.Ordinal),
        extensions: Code("invalid"));

    /// <summary>
    /// Reads the input of a request, and turns exceptions into problems. The message of an exception is not sent, except that of
    /// <see cref="ForbiddenException"/>, which is written for users.
    /// </summary>
    public static async ValueTask<object?> Filter(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            foreach (var input in context.Arguments.OfType<AdminInput>())
                if (await input.ReadAsync(context.HttpContext) is { } unreadable) return unreadable;
            return await next(context);
        }
        catch (ForbiddenException forbidden)
        {
            return Of(StatusCodes.Status403Forbidden, "forbidden", forbidden.Message);
        }
        catch (StoreUnavailableException)
        {
            context.HttpContext.Response.Headers.RetryAfter = "5";
            return Of(StatusCodes.Status503ServiceUnavailable, "unavailable", "The portal cannot write right now. Nothing was changed; try again in a few seconds.");
        }
        catch (BadHttpRequestException bad)
        {
            return Of(bad.StatusCode, "bad_request", "The request is not complete, or too large.");
        }
        catch (Exception failure) when (!context.HttpContext.RequestAborted.IsCancellationRequested)
        {
            LogFailed(context.HttpContext.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(AdminProblems).FullName!), failure);
            return Of(StatusCodes.Status500InternalServerError, "internal", "The portal failed to do that. It is logged.");
        }
    }

    /// <summary>A problem with an additional field.</summary>
    /// <param name="name">The name of the field.</param>
    public static ProblemHttpResult Of<T>(int status, string code, string detail, string name, T value)
    {
        var extensions = Code(code);
        extensions[name] = JsonSerializer.SerializeToElement(value, AdminJson.Readable);
        return TypedResults.Problem(detail, statusCode: status, extensions: extensions);
    }

    private static Dictionary<string, object?> Code(string code) => new(StringComparer.Ordinal) { ["code"] = code };

    [LoggerMessage(Level = LogLevel.Error, Message = "An administrator's request failed.")]
    private static partial void LogFailed(ILogger log, Exception failure);
}
