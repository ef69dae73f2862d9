using System.Data.Common;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Accounts.Lockout;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Accounts.TwoStep;

/// <summary>
/// What people change about their own two-step sign-in, on static pages. Each change is saved together with its audit entry, and signs
/// out every other browser of the person.
/// </summary>
public sealed class TwoStepService(
    UserManager<PortalUser> users, SignInManager<PortalUser> signIn, PortalDbContext db, AuditLog audit, KeyedLock locks,
    TwoStepStore store, TwoStepCodes codes, IDataProtectionProvider protection)
{
    private static readonly TwoStepOutcome.Refused WrongPassword = new(Reauthentication.WrongPassword);

    /// <summary>The state of the signed-in person.</summary>
    public async Task<TwoStepState> ReadAsync(ClaimsPrincipal person) =>
        await users.GetUserAsync(person) is { TwoFactorEnabled: true } user ? new TwoStepState(true, await users.CountRecoveryCodesAsync(user)) : new TwoStepState(false, 0);

    /// <summary>A key for an authenticator app. It has no effect until a code of it is entered.</summary>
    /// <param name="sealedKey">Of an earlier offer: if it is valid, the same key is offered again.</param>
    /// <returns>Null if the account is no longer there.</returns>
    public async Task<TwoStepOffer?> OfferAsync(ClaimsPrincipal person, string? sealedKey)
    {
        if (await users.GetUserAsync(person) is not { } user) return null;
        var key = Open(user, sealedKey) ?? users.GenerateNewAuthenticatorKey();
        return new TwoStepOffer(user.Email!, key, ProtectorOf(user).Protect(key));
    }

    /// <summary>Turns two-step sign-in on with the key of an offer.</summary>
    public Task<TwoStepOutcome> TurnOnAsync(HttpContext context, string? sealedKey, string password, string code) => ChangeAsync(context, async user =>
    {
        if (user.TwoFactorEnabled) return new TwoStepOutcome.Refused("Two-step sign-in is on already.");
        if (Open(user, sealedKey) is not { } key) return new TwoStepOutcome.Refused("The account has changed since this page was opened. Add the new key to the app.");
        if (!await users.ConfirmAsync(user, () => users.CheckPasswordAsync(user, password))) return WrongPassword;
        if (!await users.ConfirmAsync(user, () => codes.AcceptAsync(user, key, code)))
            return new TwoStepOutcome.Refused("This is not what the app shows for this key now. If it is, the phone's clock is wrong. After too many wrong codes wait five minutes.");
        user.TwoFactorEnabled = true;
        await store.SetAuthenticatorKeyAsync(user, key, CancellationToken.None);
        return await SaveAsync(context, user, "account.two_step_on", TwoStepCodes.RecoveryCodes);
    });

    /// <summary>Makes new recovery codes; earlier ones stop working.</summary>
    public Task<TwoStepOutcome> MakeCodesAsync(HttpContext context, string password) => ChangeAsync(context, async user =>
    {
        if (!user.TwoFactorEnabled) return new TwoStepOutcome.Refused("Two-step sign-in is off.");
        if (!await users.ConfirmAsync(user, () => users.CheckPasswordAsync(user, password))) return WrongPassword;
        return await SaveAsync(context, user, "account.two_step_codes", TwoStepCodes.RecoveryCodes);
    });

    /// <param name="code">Of the app, or a recovery code.</param>
    public Task<TwoStepOutcome> TurnOffAsync(HttpContext context, string password, string code) => ChangeAsync(context, async user =>
    {
        if (!user.TwoFactorEnabled) return new TwoStepOutcome.Refused("Two-step sign-in is off already.");
        if (!await users.ConfirmAsync(user, () => users.CheckPasswordAsync(user, password))) return WrongPassword;
        var kind = code.Any(char.IsAsciiLetter) ? SecondStepKind.RecoveryCode : SecondStepKind.AppCode;
        if (!await users.ConfirmAsync(user, () => codes.AcceptAsync(user, kind, code)))
            return new TwoStepOutcome.Refused("This code is wrong or has been used: wait for the app's next one. After too many wrong codes wait five minutes.");
        await TwoStepStore.ForgetAsync(db, user);
        return await SaveAsync(context, user, "account.two_step_off", recoveryCodes: 0);
    });

    private async Task<TwoStepOutcome> ChangeAsync(HttpContext context, Func<PortalUser, Task<TwoStepOutcome>> change)
    {
        try
        {
            using var held = await locks.EnterAsync(context.User.Identity?.Name ?? "", db);
            return await users.GetUserAsync(context.User) is { } user ? await change(user) : new TwoStepOutcome.Refused("This account is no longer there.");
        }
        catch (Exception failure) when (failure is DbUpdateException or DbException)
        {
            return new TwoStepOutcome.Refused("The database cannot be written now. Nothing was changed; try again in a moment.");
        }
    }

    // One save, Identity's own of the account, stores everything.
    private async Task<TwoStepOutcome> SaveAsync(HttpContext context, PortalUser user, string action, int recoveryCodes)
    {
        user.SecurityStamp = Guid.NewGuid().ToString("N");
        audit.Add(db, context.GetActor(), action, "account", user.Email!);
        IReadOnlyList<string>? made = [];
        if (recoveryCodes > 0) made = (await users.GenerateNewTwoFactorRecoveryCodesAsync(user, recoveryCodes))?.ToList();
        else if (!(await users.UpdateAsync(user)).Succeeded) made = null;
        if (made is null) return new TwoStepOutcome.Refused("Somebody has just changed this account. Nothing was done; try again.");
        await signIn.RefreshSignInAsync(user);
        return new TwoStepOutcome.Done(made);
    }

    private string? Open(PortalUser user, string? sealedKey)
    {
        try
        {
            return string.IsNullOrEmpty(sealedKey) ? null : ProtectorOf(user).Unprotect(sealedKey);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    // Valid for this person only, and until the security stamp of the account changes.
    private IDataProtector ProtectorOf(PortalUser user) => protection.CreateProtector("QuoTrading.TwoStep.Offer", user.Id, user.SecurityStamp ?? "");
}
