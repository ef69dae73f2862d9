namespace QuoTrading.Portal.Accounts.TwoStep;

/// <summary>Whether somebody's password alone does not sign in, and how many recovery codes are left.</summary>
public sealed record TwoStepState(bool IsOn, int CodesLeft);

/// <summary>A key that an app may be given.</summary>
/// <param name="Email">Whose.</param>
/// <param name="Key">Base32, as apps take it.</param>
/// <param name="SealedKey">The same, encrypted for this person: the form brings it back.</param>
public sealed record TwoStepOffer(string Email, string Key, string SealedKey)
{
    private const string Issuer = "QuoTrading%20Portal";

    /// <summary>What the picture says.</summary>
    public string Uri => $"otpauth://totp/{Issuer}:{System.Uri.EscapeDataString(Email)}?secret={Key}&issuer={Issuer}&algorithm=SHA1&digits={Totp.Digits}&period={Totp.StepSeconds}";

    /// <summary>For typing it: groups of four.</summary>
    public IEnumerable<string> Groups => Key.Chunk(4).Select(group => new string(group));
}

/// <summary>What became of a change of two-step sign-in.</summary>
public abstract record TwoStepOutcome
{
    private TwoStepOutcome()
    {
    }

    /// <param name="Codes">The new recovery codes, if some were made. They are shown once.</param>
    public sealed record Done(IReadOnlyList<string> Codes) : TwoStepOutcome;

    /// <param name="Message">One sentence or more, fit for people.</param>
    public sealed record Refused(string Message) : TwoStepOutcome;
}
