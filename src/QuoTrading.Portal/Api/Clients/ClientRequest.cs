namespace QuoTrading.Portal.Api.Clients;

/// <summary>A client's request body, read by docs/protocol.md, Endpoints for clients: strict fields as they must be, lenient ones as far as they were good.</summary>
internal sealed class ClientRequest
{
    /// <summary>As keys are compared, 1 to 128 characters.</summary>
    public string LicenseKey { get; set; } = "";

    /// <summary>As the client wrote it: what a signature speaks of. Never for a log.</summary>
    public string LicenseKeyAsSent { get; set; } = "";

    /// <summary>1 to 256 characters, or null where it was left out.</summary>
    public string? Device { get; set; }

    /// <summary>As the client wrote it: what a signature speaks of.</summary>
    public string? DeviceAsSent { get; set; }

    public bool CheckOnly { get; set; }

    public Guid? SessionId { get; set; }

    /// <summary>Hexadecimal digits, lower-case: of a secret that the client keeps where it is installed.</summary>
    public string? Install { get; set; }

    /// <summary>What the last login, or a heartbeat since, gave a client that named its <see cref="Install"/>.</summary>
    public string? SessionToken { get; set; }

    /// <summary>Upper-case, as <see cref="SymbolFormat"/> has it.</summary>
    public string? Symbol { get; set; }

    public string? BotVersion { get; set; }

    /// <summary><c>online</c> or <c>idle</c>.</summary>
    public string? Status { get; set; }

    /// <summary>The JSON object, as <see cref="MetadataText"/> has it.</summary>
    public string? Metadata { get; set; }

    public string? DeviceName { get; set; }

    /// <summary>The program on the device: <c>launcher</c>, <c>bot</c>, free text.</summary>
    public string? App { get; set; }

    /// <summary>On a release: another program of the device goes on with the session.</summary>
    public bool Handover { get; set; }

    /// <summary>New with each request of a client that wants its answer signed; null for all others.</summary>
    public string? Nonce { get; set; }

    /// <summary>Old launchers send these two and read them back.</summary>
    public string? SignalType { get; set; }

    /// <inheritdoc cref="SignalType"/>
    public string? Regime { get; set; }

    /// <summary>One sentence for each lenient field that was dropped.</summary>
    public IList<string> Warnings { get; } = [];
}
