using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Accounts.TwoStep;

/// <summary>
/// A person who has entered the right password, but not yet the code: a cookie of <see cref="Lifetime"/>. It carries the account's
/// security stamp, so that a reset, another password or a new role ends it.
/// </summary>
public sealed class TwoFactorPending(SignInManager<PortalUser> signIn, IOptions<IdentityOptions> options)
{
    public const string Cookie = "portal.second-step";

    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    public Task BeginAsync(PortalUser user)
    {
        var claims = options.Value.ClaimsIdentity;
        return signIn.Context.SignInAsync(IdentityConstants.TwoFactorUserIdScheme, new ClaimsPrincipal(new ClaimsIdentity(
            [new Claim(ClaimTypes.Name, user.Id), new Claim(claims.SecurityStampClaimType, user.SecurityStamp!)], IdentityConstants.TwoFactorUserIdScheme)));
    }

    /// <summary>Null if no sign-in of this browser is pending.</summary>
    public async Task<PortalUser?> FindAsync() =>
        await signIn.ValidateTwoFactorSecurityStampAsync((await signIn.Context.AuthenticateAsync(IdentityConstants.TwoFactorUserIdScheme)).Principal) is { TwoFactorEnabled: true } user ? user : null;

    public Task EndAsync() => signIn.Context.SignOutAsync(IdentityConstants.TwoFactorUserIdScheme);
}
