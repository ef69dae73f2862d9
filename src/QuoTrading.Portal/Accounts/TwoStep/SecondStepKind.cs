namespace QuoTrading.Portal.Accounts.TwoStep;

/// <summary>What somebody shows besides the password.</summary>
public enum SecondStepKind
{
    /// <summary>Six digits of an authenticator app.</summary>
    AppCode,

    RecoveryCode,
}
