namespace QuoTrading.Portal.Api.Clients;

/// <summary>
/// A client's request body (docs/protocol.md, Endpoints for clients). Strict fields are valid; lenient fields are null if they were wrong.
/// </summary>
internal sealed class ClientRequest
{
    /// <summary>Normalized for comparison, 1 to 128 characters.</summary>
    public string LicenseKey { get; set; } = "";

    /// <summary>As the client sent it, for the signature. Must not be logged.</summary>
    public string LicenseKeyAsSent { get; set; } = "";

    /// <summary>1 to 256 characters; null if it was left out.</summary>
    public string? Device { get; set; }

    /// <summary>As the client sent it, for the signature.</summary>
    public string? DeviceAsSent { get; set; }

    public bool CheckOnly { get; set; }

    public Guid? SessionId { get; set; }

    /// <summary>The SHA-256 of a secret of the client's installation: 32 to 64 hexadecimal digits, lower case.</summary>
    public string? Install { get; set; }

    /// <summary>The token from the answer to the last login or heartbeat, for a client that sent its <see cref="Install"/>.</summary>
    public string? SessionToken { get; set; }

    /// <summary>In the form of <see cref="SymbolFormat"/>, upper case.</summary>
    public string? Symbol { get; set; }

    public string? BotVersion { get; set; }

    /// <summary><c>online</c> or <c>idle</c>.</summary>
    public string? Status { get; set; }

    /// <summary>The JSON object, cleaned by <see cref="MetadataText"/>.</summary>
    public string? Metadata { get; set; }

    public string? DeviceName { get; set; }

    /// <summary>The program on the device: <c>launcher</c>, <c>bot</c>, free text.</summary>
    public string? App { get; set; }

    /// <summary>On a release: another program of the device continues the session.</summary>
    public bool Handover { get; set; }

    /// <summary>Different in every request of a client that wants signed answers; null from other clients.</summary>
    public string? Nonce { get; set; }

    /// <summary>Old launchers send this and read it back from the answer.</summary>
    public string? SignalType { get; set; }

    /// <inheritdoc cref="SignalType"/>
    public string? Regime { get; set; }

    /// <summary>One sentence for each dropped lenient field.</summary>
    public IList<string> Warnings { get; } = [];
}
