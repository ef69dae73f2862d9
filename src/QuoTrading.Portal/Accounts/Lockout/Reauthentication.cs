using Microsoft.AspNetCore.Identity;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Accounts.Lockout;

/// <summary>Who is signed in shows once more that it is he. The caller holds the account's turn.</summary>
internal static class Reauthentication
{
    public const string WrongPassword = "The current password is wrong, or it was wrong too often: then wait five minutes.";

    /// <summary>Who found an unlocked screen shall not guess without end: failures count as those of signing in do.</summary>
    /// <returns>False also while the account is locked out.</returns>
    public static async Task<bool> ConfirmAsync(this UserManager<PortalUser> users, PortalUser user, Func<Task<bool>> isRight)
    {
        if (await users.IsLockedOutAsync(user)) return false;
        if (await isRight()) return true;
        await users.AccessFailedAsync(user);
        return false;
    }
}
