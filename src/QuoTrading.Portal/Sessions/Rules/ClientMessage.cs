using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>A message of a launcher or a bot, parsed. What it does not contain is null, and the stored value stays.</summary>
/// <param name="Key">The hash of the key that it names.</param>
/// <param name="Device">Its fingerprint.</param>
/// <param name="Address">The client's address.</param>
/// <param name="SessionId">The message is only about this session.</param>
/// <param name="Metadata">A JSON object, as it was sent.</param>
/// <param name="App">The program on the device that sent it.</param>
/// <param name="Handover">On a release: another program of the device goes on with the session.</param>
/// <param name="Install">The SHA-256 of the installation's secret, in hexadecimal.</param>
/// <param name="Token">The proof that the message comes from the device of the login.</param>
/// <param name="FreshToken">On a message with a proof: the token that the client may get for its next messages.</param>
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
    /// <summary>The most characters that a fingerprint has.</summary>
    public const int MaxDeviceLength = 256;
}
