namespace QuoTrading.Portal.Accounts;

/// <summary>What became of a sign-in.</summary>
public enum SignInOutcome
{
    /// <summary>Why is not said.</summary>
    Refused,

    /// <summary>The password was right; a code is asked for at the next page.</summary>
    NeedsCode,

    SignedIn,
}
