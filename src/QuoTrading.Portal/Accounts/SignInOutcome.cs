namespace QuoTrading.Portal.Accounts;

/// <summary>The result of a sign-in.</summary>
public enum SignInOutcome
{
    /// <summary>The reason is not given.</summary>
    Refused,

    /// <summary>The password was right; the next page requests a code.</summary>
    NeedsCode,

    SignedIn,
}
