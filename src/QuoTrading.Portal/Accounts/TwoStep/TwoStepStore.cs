using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Accounts.TwoStep;

/// <summary>
/// Identity's store. It keeps the data of two-step sign-in in the user's tokens: the app's key, the recovery codes, the step of the
/// last code. This class encrypts them with the key ring, like license keys: a stolen database alone is not enough to sign in.
/// </summary>
public sealed partial class TwoStepStore(PortalDbContext db, IDataProtectionProvider protection, ILogger<TwoStepStore> log, IdentityErrorDescriber? describer = null)
    : UserStore<PortalUser, IdentityRole, PortalDbContext>(db, describer)
{
    private const string Provider = "QuoTrading.TwoStep", LastStep = "LastStep";

    private readonly IDataProtector protector = protection.CreateProtector(Provider);

    /// <summary>Turns two-step sign-in off in <paramref name="context"/>; the caller saves it.</summary>
    public static async Task ForgetAsync(PortalDbContext context, PortalUser user)
    {
        user.TwoFactorEnabled = false;
        await context.UserTokens.Where(token => token.UserId == user.Id).LoadAsync();
        context.UserTokens.RemoveRange(context.UserTokens.Local.Where(token => token.UserId == user.Id).ToList());
    }

    /// <summary>The step of the code that was accepted last; null if there is none.</summary>
    public async Task<long?> GetLastStepAsync(PortalUser user) =>
        long.TryParse(await GetTokenAsync(user, Provider, LastStep, CancellationToken.None), out var step) ? step : null;

    /// <summary>The caller saves it together with what the code was accepted for.</summary>
    public Task SetLastStepAsync(PortalUser user, long step) => SetTokenAsync(user, Provider, LastStep, step.ToString(), CancellationToken.None);

    public override Task SetTokenAsync(PortalUser user, string loginProvider, string name, string? value, CancellationToken cancellationToken) =>
        base.SetTokenAsync(user, loginProvider, name, value is null ? null : protector.Protect(value), cancellationToken);

    public override async Task<string?> GetTokenAsync(PortalUser user, string loginProvider, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await base.GetTokenAsync(user, loginProvider, name, cancellationToken) is { } sealedValue ? protector.Unprotect(sealedValue) : null;
        }
        catch (CryptographicException)
        {
            // No code is right then. A reset lets the person sign in again.
            LogUnreadable();
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What somebody's two-step sign-in needs cannot be read: the key ring is not the one that encrypted it. It has to be reset.")]
    private partial void LogUnreadable();
}
