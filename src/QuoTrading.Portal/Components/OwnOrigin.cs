namespace QuoTrading.Portal.Components;

/// <summary>
/// A circuit can do all that its page can do. A browser lets a page of any origin open a web socket to the portal, and sends the
/// portal's cookie if that origin is same-site (another port, a sibling subdomain). So <c>/_blazor</c> accepts only the portal's own pages.
/// </summary>
internal static class OwnOrigin
{
    private const string Refusal = "This address is for the portal's own pages. (Behind a proxy: it must pass on the Host header.)";

    /// <summary>Must run before the hub of Blazor.</summary>
    public static Task RequireAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase) || IsOwn(context.Request)) return next(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(Refusal, context.RequestAborted);
    }

    /// <summary>Also true without these headers: then the request is not from a browser and carries no cookie of another page.</summary>
    internal static bool IsOwn(HttpRequest request)
    {
        foreach (var site in request.Headers["Sec-Fetch-Site"])
            if (site is not ("same-origin" or "none")) return false;
        return request.Headers.Origin switch
        {
            [] => true,
            [{ } origin] => IsOwn(origin, request.Host),
            _ => false,
        };
    }

    // The scheme is not compared: TLS may end at a proxy that does not forward it. A proxy may also leave out the default port.
    private static bool IsOwn(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && HostString.FromUriComponent(uri) is var from && string.Equals(from.Host, HostString.FromUriComponent(host.ToUriComponent()).Host, StringComparison.OrdinalIgnoreCase)
        && (host.Port is { } port ? uri.Port == port : uri.IsDefaultPort);
}
