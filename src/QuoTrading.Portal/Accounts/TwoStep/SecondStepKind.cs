namespace QuoTrading.Portal.Accounts.TwoStep;

/// <summary>What a person enters besides the password.</summary>
public enum SecondStepKind
{
    /// <summary>Six digits of an authenticator app.</summary>
    AppCode,

    RecoveryCode,
}
