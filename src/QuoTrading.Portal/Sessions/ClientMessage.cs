using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Sessions;

/// <summary>What a launcher or a bot said, parsed. What it did not say is null and leaves the stored value.</summary>
/// <param name="Key">Of the key it named.</param>
/// <param name="Device">Its fingerprint.</param>
/// <param name="Address">Where it came from.</param>
/// <param name="SessionId">The message is about that session alone.</param>
/// <param name="Metadata">A JSON object, as it came.</param>
/// <param name="App">The program on the device that sent it.</param>
/// <param name="Handover">On a release: another program of the device goes on with the session.</param>
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
    bool Handover = false)
{
    /// <summary>A fingerprint has at most so many characters.</summary>
    public const int MaxDeviceLength = 256;
}
