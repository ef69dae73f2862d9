namespace QuoTrading.Portal.Components;

/// <summary>
/// A circuit does whatever its page may do, and a browser opens a web socket to us for a page of any other origin, with our cookie where
/// that is one of the same site: another port, a sibling subdomain. So what is under <c>/_blazor</c> is for our own pages alone.
/// </summary>
internal static class OwnOrigin
{
    private const string Refusal = "This address is for the portal's own pages. (Behind a proxy: it must pass on the Host header.)";

    /// <summary>Before the hub.</summary>
    public static Task RequireAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase) || IsOwn(context.Request)) return next(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(Refusal, context.RequestAborted);
    }

    /// <summary>Also where nothing is said: then it is no browser, and has nobody's cookie but its own.</summary>
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

    // The scheme is not compared: TLS may end at a proxy that tells nobody. A proxy may also leave out the port that goes without saying.
    private static bool IsOwn(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && HostString.FromUriComponent(uri) is var from && string.Equals(from.Host, HostString.FromUriComponent(host.ToUriComponent()).Host, StringComparison.OrdinalIgnoreCase)
        && (host.Port is { } port ? uri.Port == port : uri.IsDefaultPort);
}
