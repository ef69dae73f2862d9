using System.Data.Common;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Accounts.Lockout;
using QuoTrading.Portal.Accounts.TwoStep;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Accounts;

/// <summary>
/// Signs people in and out, for static pages and endpoints only, since it writes cookies. Each audit entry is saved together with the
/// change of the account, through the request's own context.
/// </summary>
public sealed class SignInService(
    UserManager<PortalUser> users, SignInManager<PortalUser> signIn, PortalDbContext db, AuditLog audit, TimeProvider time,
    NoSuchPerson noSuchPerson, SignInLimit limit, KeyedLock locks, TwoFactorPending pending, TwoStepCodes codes)
{
    public const int FailuresUntilLockOut = 5;

    public static readonly TimeSpan LockOut = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The first step. A wrong password, an unknown address and a lock-out give the same answer, after the same work: one
    /// password hash and one saved row. An address that tried too often gets the same answer without any work.
    /// </summary>
    public async Task<SignInOutcome> SignInAsync(string email, string password, string? address)
    {
        if (!limit.Take(address)) return SignInOutcome.Refused;
        email = Shorten(email.Trim());
        using var held = await locks.EnterAsync(email, db);
        var user = await users.FindByEmailAsync(email);
        var verified = users.PasswordHasher.VerifyHashedPassword(user ?? noSuchPerson.Person, user?.PasswordHash ?? noSuchPerson.PasswordHash, password);
        if (user is null || verified == PasswordVerificationResult.Failed || await users.IsLockedOutAsync(user)) return await RefuseAsync(user, email, address);

        if (verified == PasswordVerificationResult.SuccessRehashNeeded) user.PasswordHash = users.PasswordHasher.HashPassword(user, password);
        if (!user.TwoFactorEnabled) return await CompleteAsync(user, address);

        // The failure count is not reset: the password alone must not give more tries at the code.
        if (verified == PasswordVerificationResult.SuccessRehashNeeded) await users.UpdateAsync(user);
        await pending.BeginAsync(user);
        return SignInOutcome.NeedsCode;
    }

    /// <summary>Whether this browser has passed the first step and may try the second.</summary>
    public async Task<bool> IsTwoFactorPendingAsync() => await pending.FindAsync() is not null;

    /// <summary>
    /// The second step. A wrong code, a used one, a lock-out and a first step that is too old give the same answer. Failures count like
    /// those of passwords.
    /// </summary>
    public async Task<SignInOutcome> SignInAsync(SecondStepKind kind, string code, string? address)
    {
        if (!limit.Take(address) || await pending.FindAsync() is not { Email: { } email }) return SignInOutcome.Refused;
        using var held = await locks.EnterAsync(email, db);
        if (await pending.FindAsync() is not { } user) return SignInOutcome.Refused;
        if (await users.IsLockedOutAsync(user) || !await codes.AcceptAsync(user, kind, code))
            return await RefuseAsync(user, email, address, "The password was right, the second step was not.");

        var outcome = await CompleteAsync(user, address, kind == SecondStepKind.RecoveryCode ? "With a recovery code." : null);
        if (outcome == SignInOutcome.SignedIn) await pending.EndAsync();
        return outcome;
    }

    /// <summary>Signs in the person who has just created the first account.</summary>
    public async Task SignInAsync(string userId, string? address)
    {
        if (await users.FindByIdAsync(userId) is { } user) await CompleteAsync(user, address);
    }

    /// <summary>Removes the sign-in cookie of this browser.</summary>
    public async Task SignOutAsync(Actor actor)
    {
        audit.Add(db, actor, "account.sign_out", "account", actor.Name);
        await db.SaveChangesAsync(CancellationToken.None);
        await signIn.SignOutAsync();
    }

    /// <summary>Changes the person's own password; every other browser of the person is signed out within a minute.</summary>
    /// <returns>What is wrong, for display; null on success.</returns>
    public async Task<string?> ChangePasswordAsync(HttpContext context, string current, string wanted)
    {
        try
        {
            return await TryChangePasswordAsync(context, current, wanted);
        }
        catch (Exception failure) when (failure is DbUpdateException or DbException)
        {
            return "The database cannot be written now. The password is as it was; try again in a moment.";
        }
    }

    private async Task<string?> TryChangePasswordAsync(HttpContext context, string current, string wanted)
    {
        if (wanted.Length > People.LongestPassword) return $"The password must have at most {People.LongestPassword} characters.";
        using var held = await locks.EnterAsync(context.User.Identity?.Name ?? "", db);
        if (await users.GetUserAsync(context.User) is not { } user) return "This account is no longer there.";
        if (!await users.ConfirmAsync(user, () => users.CheckPasswordAsync(user, current))) return Reauthentication.WrongPassword;

        audit.Add(db, context.GetActor(), "account.password_change", "account", user.Email!);
        var result = await users.ChangePasswordAsync(user, current, wanted);
        if (!result.Succeeded) return string.Join(' ', result.Errors.Select(error => error.Description));
        await signIn.RefreshSignInAsync(user);
        return null;
    }

    private async Task<SignInOutcome> RefuseAsync(PortalUser? user, string email, string? address, string? reason = null)
    {
        // The e-mail address is what was typed, and proves no identity: the entry names only the account that was tried.
        audit.Add(db, new Actor(ActorKind.Person, email, PortalRole.Viewer, address), "account.sign_in_failed", "account", email, reason);
        if (user is null || await users.IsLockedOutAsync(user)) await db.SaveChangesAsync(CancellationToken.None);
        else await users.AccessFailedAsync(user);
        return SignInOutcome.Refused;
    }

    // Saves the account, the audit entry and the used code together. If that fails, there is no sign-in.
    private async Task<SignInOutcome> CompleteAsync(PortalUser user, string? address, string? reason = null)
    {
        var roles = await users.GetRolesAsync(user);
        var role = Enum.GetValues<PortalRole>().LastOrDefault(r => roles.Contains(r.ToString()), PortalRole.Viewer);
        audit.Add(db, new Actor(ActorKind.Person, user.Email!, role, address), "account.sign_in", "account", user.Email!, reason);
        user.LastSignInAt = time.GetUtcNow().UtcDateTime;
        user.AccessFailedCount = 0;
        if (!(await users.UpdateAsync(user)).Succeeded) return SignInOutcome.Refused;
        await signIn.SignInAsync(user, isPersistent: false);
        return SignInOutcome.SignedIn;
    }

    private static string Shorten(string text) => text.Length <= 254 ? text : text[..254];
}

/// <summary>Used in place of an account that does not exist, so that an unknown address takes as long as a known one.</summary>
public sealed class NoSuchPerson
{
    public NoSuchPerson(IServiceScopeFactory scopes)
    {
        using var scope = scopes.CreateScope();
        PasswordHash = scope.ServiceProvider.GetRequiredService<IPasswordHasher<PortalUser>>().HashPassword(Person, Guid.NewGuid().ToString());
    }

    internal PortalUser Person { get; } = new();

    internal string PasswordHash { get; }
}
