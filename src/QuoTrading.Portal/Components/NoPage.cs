using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Components;

/// <summary>
/// Who does not ask for HTML is no browser that shows a page: he gets a 404 for what there is not, and for what he posts to a page. Sent
/// to the sign-in page he would ask there with GET, and take its 200 for a yes.
/// </summary>
internal static class NoPage
{
    /// <summary>Behind the routing, before whatever sends somebody to another page.</summary>
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
        // Pages, and what their forms and links alone lead to. Circuits, and what answers whoever asks, redirect nobody.
        _ => !context.Request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase) && !context.Request.Path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase),
    };
}
