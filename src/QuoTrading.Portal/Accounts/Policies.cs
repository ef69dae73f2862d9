using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Accounts;

/// <summary>
/// The authorization policies. An endpoint without a policy requires a signed-in person with at least the role Viewer (the fallback).
/// </summary>
internal static class Policies
{
    public const string Viewer = nameof(PortalRole.Viewer);
    public const string Support = nameof(PortalRole.Support);
    public const string Administrator = nameof(PortalRole.Administrator);

    /// <summary>A signed-in person or an API token, of any role; for data that both may read.</summary>
    public const string Reader = nameof(Reader);

    /// <summary>The same roles for scripts: an API token, never a cookie; refused with 401 or 403 as problem details.</summary>
    public static class Api
    {
        public const string Viewer = "Api.Viewer";
        public const string Support = "Api.Support";
        public const string Administrator = "Api.Administrator";
    }

    internal static void Configure(AuthorizationOptions options)
    {
        foreach (var role in Enum.GetValues<PortalRole>())
        {
            options.AddPolicy(role.ToString(), policy => policy.RequireAuthenticatedUser().RequireRole(AtLeast(role)));
            options.AddPolicy("Api." + role, policy => policy
                .AddAuthenticationSchemes(ApiTokenHandler.Scheme).RequireAuthenticatedUser().RequireRole(AtLeast(role)));
        }

        // The cookie scheme first: a refused request gets the answer of the last scheme, which is problem details with a code.
        options.AddPolicy(Reader, policy => policy
            .AddAuthenticationSchemes(IdentityConstants.ApplicationScheme, ApiTokenHandler.Scheme).RequireAuthenticatedUser().RequireRole(AtLeast(PortalRole.Viewer)));
        options.FallbackPolicy = options.GetPolicy(Viewer);
        options.DefaultPolicy = options.FallbackPolicy!;
    }

    private static IEnumerable<string> AtLeast(PortalRole role) =>
        Enum.GetValues<PortalRole>().Where(other => other >= role).Select(other => other.ToString());
}
