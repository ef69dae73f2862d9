namespace QuoTrading;

/// <summary>What is known of the session.</summary>
public enum LicenseState
{
    /// <summary>Refused, ended, or silent for so long that another device may have it. The reason says which, <see cref="LicenseSession.IsOver"/> whether for good.</summary>
    Lost,

    /// <summary>The server confirmed it a moment ago.</summary>
    Held,

    /// <summary>As <see cref="Held"/>, after an interruption: resumed, or logged in again.</summary>
    Renewed,

    /// <summary>No confirmation for a while. Mostly it is still this device's; whether another can have been let in already, <see cref="LicenseSession.MayOpen"/> says.</summary>
    Unknown,
}
