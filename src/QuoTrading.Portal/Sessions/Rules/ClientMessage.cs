using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>What a launcher or a bot said, parsed. What it did not say is null and leaves the stored value.</summary>
/// <param name="Key">Of the key it named.</param>
/// <param name="Device">Its fingerprint.</param>
/// <param name="Address">Where it came from.</param>
/// <param name="SessionId">The message is about that session alone.</param>
/// <param name="Metadata">A JSON object, as it came.</param>
/// <param name="App">The program on the device that sent it.</param>
/// <param name="Handover">On a release: another program of the device goes on with the session.</param>
/// <param name="Install">The SHA-256 of the installation's secret, in hexadecimal.</param>
/// <param name="Token">What it proves with that it is the device of the login.</param>
/// <param name="FreshToken">Where it proves itself: what it may get for the next messages.</param>
/// <param name="BoundTo">The installation that this device of the license is bound to, as stored; null where none is.</param>
public sealed record ClientMessage(
    KeyHash Key,
    string Device,
    string Address,
    Guid? SessionId = null,
    string? Symbol = null,
    string? BotVersion = null,
    string? Status = null,
    string? Metadata = null,
    string? DeviceName = null,
    string? App = null,
    bool Handover = false,
    string? Install = null,
    SessionToken? Token = null,
    SessionToken? FreshToken = null,
    string? BoundTo = null)
{
    /// <summary>A fingerprint has at most so many characters.</summary>
    public const int MaxDeviceLength = 256;
}
