using Microsoft.AspNetCore.Identity;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Accounts.TwoStep;

/// <summary>
/// Whether a code is right, and that it is not so again. What it notes is saved by the caller, together with what the code was for;
/// the caller holds the account's turn.
/// </summary>
public sealed class TwoStepCodes(UserManager<PortalUser> users, TwoStepStore store, TimeProvider time)
{
    /// <summary>What is made at a time.</summary>
    public const int RecoveryCodes = 10;

    /// <summary>So many or fewer left are few.</summary>
    public const int FewRecoveryCodes = 2;

    /// <summary>A code of either kind.</summary>
    public async Task<bool> AcceptAsync(PortalUser user, SecondStepKind kind, string typed) => kind switch
    {
        SecondStepKind.AppCode => await users.GetAuthenticatorKeyAsync(user) is { } key && await AcceptAsync(user, key, typed),
        SecondStepKind.RecoveryCode => await RedeemAsync(user, typed),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>The code of an app with this key.</summary>
    public async Task<bool> AcceptAsync(PortalUser user, string key, string typed)
    {
        if (Totp.FindStep(key, typed, time.GetUtcNow(), await store.GetLastStepAsync(user)) is not { } step) return false;
        await store.SetLastStepAsync(user, step);
        return true;
    }

    // It is gone then.
    private async Task<bool> RedeemAsync(PortalUser user, string typed)
    {
        // As Identity makes them: twice five, with a hyphen.
        var letters = string.Concat(typed.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        return letters.Length == 10 && await store.RedeemCodeAsync(user, $"{letters[..5]}-{letters[5..]}", CancellationToken.None);
    }
}
