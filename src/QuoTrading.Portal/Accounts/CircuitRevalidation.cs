using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Accounts;

/// <summary>
/// Signs a circuit out once the account is gone or disabled, the password has changed or the role is lost. The cookie has its own check.
/// </summary>
internal sealed class CircuitRevalidation(ILoggerFactory logs, IServiceScopeFactory scopes, IOptions<IdentityOptions> options)
    : RevalidatingServerAuthenticationStateProvider(logs)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    protected override TimeSpan RevalidationInterval => Interval;

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<PortalUser>>();
        var principal = authenticationState.User;
        if (await users.GetUserAsync(principal) is not { } user) return false;
        if (principal.FindFirstValue(options.Value.ClaimsIdentity.SecurityStampClaimType) != await users.GetSecurityStampAsync(user)) return false;
        return principal.GetRole()?.ToString() is { } role && await users.IsInRoleAsync(user, role);
    }
}
