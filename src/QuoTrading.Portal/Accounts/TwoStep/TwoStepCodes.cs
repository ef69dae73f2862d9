using Microsoft.AspNetCore.Identity;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Accounts.TwoStep;

/// <summary>
/// Checks a code, and ensures that it is accepted only once. The caller saves the changes, together with what the code was for, and
/// holds the account's lock.
/// </summary>
public sealed class TwoStepCodes(UserManager<PortalUser> users, TwoStepStore store, TimeProvider time)
{
    /// <summary>How many are made at a time.</summary>
    public const int RecoveryCodes = 10;

    /// <summary>This number or fewer left count as few.</summary>
    public const int FewRecoveryCodes = 2;

    /// <summary>Accepts a code of either kind.</summary>
    public async Task<bool> AcceptAsync(PortalUser user, SecondStepKind kind, string typed) => kind switch
    {
        SecondStepKind.AppCode => await users.GetAuthenticatorKeyAsync(user) is { } key && await AcceptAsync(user, key, typed),
        SecondStepKind.RecoveryCode => await RedeemAsync(user, typed),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>Accepts the code of an app with this key.</summary>
    public async Task<bool> AcceptAsync(PortalUser user, string key, string typed)
    {
        if (Totp.FindStep(key, typed, time.GetUtcNow(), await store.GetLastStepAsync(user)) is not { } step) return false;
        await store.SetLastStepAsync(user, step);
        return true;
    }

    // Removes the code that it accepts.
    private async Task<bool> RedeemAsync(PortalUser user, string typed)
    {
        // Identity's format: two groups of five, with a hyphen.
        var letters = string.Concat(typed.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        return letters.Length == 10 && await store.RedeemCodeAsync(user, $"{letters[..5]}-{letters[5..]}", CancellationToken.None);
    }
}
