using System.Data.Common;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Accounts;

/// <summary>
/// Signs people in and out, for static pages and endpoints: it writes cookies. Each audit row is saved together with the
/// change of the account itself, through the request's own context.
/// </summary>
public sealed class SignInDesk(
    UserManager<PortalUser> users, SignInManager<PortalUser> signIn, PortalDbContext db, AuditLog audit, TimeProvider time, NoSuchPerson nobody, SignInLimit limit, AccountTurns turns)
{
    public const int FailuresUntilLockOut = 5;

    public static readonly TimeSpan LockOut = TimeSpan.FromMinutes(5);

    /// <summary>
    /// True if signed in. A wrong password, an unknown address and a lock-out give the same answer, after the same work: one
    /// password hashed and one row saved. An address that tried too often gets it without any work.
    /// </summary>
    public async Task<bool> SignInAsync(string email, string password, string? address)
    {
        if (!limit.Take(address)) return false;
        email = Shorten(email.Trim());
        using var turn = await turns.EnterAsync(email);
        var user = await users.FindByEmailAsync(email);
        var verified = users.PasswordHasher.VerifyHashedPassword(user ?? nobody.Person, user?.PasswordHash ?? nobody.PasswordHash, password);

        if (user is null || verified == PasswordVerificationResult.Failed || await users.IsLockedOutAsync(user))
        {
            // The e-mail address is what somebody typed, not who he is: the row names no account but the one he tried.
            audit.Add(db, new Actor(ActorKind.Person, email, PortalRole.Viewer, address), "account.sign_in_failed", "account", email);
            if (user is null || await users.IsLockedOutAsync(user)) await db.SaveChangesAsync(CancellationToken.None);
            else await users.AccessFailedAsync(user);
            return false;
        }

        if (verified == PasswordVerificationResult.SuccessRehashNeeded) user.PasswordHash = users.PasswordHasher.HashPassword(user, password);
        return await CompleteAsync(user, address);
    }

    /// <summary>Signs in whoever has just made the first account.</summary>
    public async Task SignInAsync(string userId, string? address)
    {
        if (await users.FindByIdAsync(userId) is { } user) await CompleteAsync(user, address);
    }

    /// <summary>Ends the cookie of this browser.</summary>
    public async Task SignOutAsync(Actor actor)
    {
        audit.Add(db, actor, "account.sign_out", "account", actor.Name);
        await db.SaveChangesAsync(CancellationToken.None);
        await signIn.SignOutAsync();
    }

    /// <summary>Changes one's own password; every other browser of this person is signed out within a minute.</summary>
    /// <returns>What is wrong, fit for people; null when it was done.</returns>
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
        using var turn = await turns.EnterAsync(context.User.Identity?.Name ?? "");
        if (await users.GetUserAsync(context.User) is not { } user) return "This account is no longer there.";
        if (await users.IsLockedOutAsync(user) || !await users.CheckPasswordAsync(user, current))
        {
            // Who found an unlocked screen shall not guess the password here without end.
            if (!await users.IsLockedOutAsync(user)) await users.AccessFailedAsync(user);
            return "The current password is wrong, or it was wrong too often: then wait five minutes.";
        }

        audit.Add(db, context.GetActor(), "account.password_change", "account", user.Email!);
        var result = await users.ChangePasswordAsync(user, current, wanted);
        if (!result.Succeeded) return string.Join(' ', result.Errors.Select(error => error.Description));
        await signIn.RefreshSignInAsync(user);
        return null;
    }

    // Nobody is signed in whose row could not be saved: the audit row goes with it.
    private async Task<bool> CompleteAsync(PortalUser user, string? address)
    {
        var roles = await users.GetRolesAsync(user);
        var role = Enum.GetValues<PortalRole>().LastOrDefault(r => roles.Contains(r.ToString()), PortalRole.Viewer);
        audit.Add(db, new Actor(ActorKind.Person, user.Email!, role, address), "account.sign_in", "account", user.Email!);
        user.LastSignInAt = time.GetUtcNow().UtcDateTime;
        user.AccessFailedCount = 0;
        if (!(await users.UpdateAsync(user)).Succeeded) return false;
        await signIn.SignInAsync(user, isPersistent: false);
        return true;
    }

    private static string Shorten(string text) => text.Length <= 254 ? text : text[..254];
}

/// <summary>Stands in for accounts that do not exist, so that looking for one takes as long as finding one.</summary>
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
