using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Components;

/// <summary>
/// A request that does not accept HTML is not from a browser that shows a page: it gets a 404 for an unknown address, and for a POST to
/// a page. If it were redirected to the sign-in page, it would follow with GET and take the 200 for success.
/// </summary>
internal static class NotFoundPage
{
    /// <summary>Must run after routing and before any middleware that redirects.</summary>
    public static Task RefuseAsync(HttpContext context, RequestDelegate next)
    {
        if (Html.IsAskedForBy(context.Request) || !IsRefused(context)) return next(context);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static bool IsRefused(HttpContext context) => context.GetEndpoint() switch
    {
        null => true,
        _ when HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) => false,
        // Pages, and addresses for their forms and links only. Circuits and health checks never redirect, so they are left out.
        _ => !context.Request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase) && !context.Request.Path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase),
    };
}
