namespace QuoTrading.Portal.Accounts.TwoStep;

/// <summary>Whether a person needs more than the password to sign in, and how many recovery codes are left.</summary>
public sealed record TwoStepState(bool IsOn, int CodesLeft);

/// <summary>A key that can be added to an authenticator app.</summary>
/// <param name="Email">Of the person.</param>
/// <param name="Key">Base32, as apps take it.</param>
/// <param name="SealedKey">The same key, encrypted for this person: the form posts it back.</param>
public sealed record TwoStepOffer(string Email, string Key, string SealedKey)
{
    private const string Issuer = "QuoTrading%20Portal";

    /// <summary>The content of the QR code.</summary>
    public string Uri => $"otpauth://totp/{Issuer}:{System.Uri.EscapeDataString(Email)}?secret={Key}&issuer={Issuer}&algorithm=SHA1&digits={Totp.Digits}&period={Totp.StepSeconds}";

    /// <summary>The key in groups of four, for typing.</summary>
    public IEnumerable<string> Groups => Key.Chunk(4).Select(group => new string(group));
}

/// <summary>The result of a change of two-step sign-in.</summary>
public abstract record TwoStepOutcome
{
    private TwoStepOutcome()
    {
    }

    /// <param name="Codes">The new recovery codes, if any were made. They are shown once.</param>
    public sealed record Done(IReadOnlyList<string> Codes) : TwoStepOutcome;

    /// <param name="Message">One sentence or more, for display.</param>
    public sealed record Refused(string Message) : TwoStepOutcome;
}
