using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Diagnostics;
using QuoTrading.Portal.Components.Export;
using QuoTrading.Portal.Components.Pages.Authors;
using QuoTrading.Portal.Components.Shared;
using Radzen;

namespace QuoTrading.Portal.Components;

internal static class ComponentsSetup
{
    // Inline styles are allowed because components compute heights and positions. Scripts are never inline; other origins are not used.
    private const string ContentSecurityPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
        "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddRadzenComponents();
        services.AddScoped<Notices>();
        services.AddSingleton<CircuitHandler, CircuitCounter>();
        return services;
    }

    /// <summary>
    /// Adds security headers, routing and error pages; must come before all other middleware. Endpoints under /api write their own
    /// errors, and client endpoints are short-circuited by the routing: no middleware after it runs for them.
    /// </summary>
    public static WebApplication UsePages(this WebApplication app)
    {
        app.Use(SetHeadersAsync);
        app.Use(OwnOrigin.RequireAsync);
        app.UseRouting();
        app.UseWhen(context => !IsApi(context), pages => pages.Use(NotFoundPage.RefuseAsync));
        app.UseWhen(context => !IsApi(context), pages => pages.UseExceptionHandler("/error", createScopeForErrors: true));
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.Use(SkipStatusPagesOfApiAsync);
        return app;
    }

    public static WebApplication MapPages(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        ListExports.Map(app);
        BackupExport.Map(app);
        AuthorFiles.Map(app);
        app.MapRazorComponents<PortalRoot>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
        return app;
    }

    private static bool IsApi(HttpContext context) => context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);

    private static Task SetHeadersAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        // The other headers concern only what a browser displays.
        if (IsApi(context)) return next(context);
        headers["Referrer-Policy"] = "same-origin";
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XFrameOptions = "DENY";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        return next(context);
    }

    private static Task SkipStatusPagesOfApiAsync(HttpContext context, RequestDelegate next)
    {
        if (IsApi(context) && context.Features.Get<IStatusCodePagesFeature>() is { } feature) feature.Enabled = false;
        return next(context);
    }
}
