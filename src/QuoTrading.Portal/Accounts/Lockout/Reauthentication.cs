using Microsoft.AspNetCore.Identity;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Accounts.Lockout;

/// <summary>A signed-in person proves the identity once more. The caller holds the account's lock.</summary>
internal static class Reauthentication
{
    public const string WrongPassword = "The current password is wrong, or it was wrong too often: then wait five minutes.";

    /// <summary>Failures count like those of a sign-in, so that a stranger at an unlocked screen cannot guess without limit.</summary>
    /// <returns>False also while the account is locked out.</returns>
    public static async Task<bool> ConfirmAsync(this UserManager<PortalUser> users, PortalUser user, Func<Task<bool>> isRight)
    {
        if (await users.IsLockedOutAsync(user)) return false;
        if (await isRight()) return true;
        await users.AccessFailedAsync(user);
        return false;
    }
}
