using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace QuoTrading.Portal.Api.Clients;

// What clients in the field read (docs/client-api.md): no name, and no meaning, may change. Times are texts, "yyyy-MM-ddTHH:mm:ss",
// UTC without suffix: the launchers subtract them from a naive clock.

/// <summary>What a login and a heartbeat add, so that new clients never hard-code it.</summary>
internal abstract record SessionAnswer
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SessionId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? HeartbeatIntervalSeconds { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? SessionTimeoutSeconds { get; init; }

    /// <summary>For a client that proves its installation: what it sends with every message from now on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SessionToken { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IList<string>? Warnings { get; init; }
}

internal sealed record MainAnswer : SessionAnswer
{
    public string Status { get; init; } = "success";

    public bool LicenseValid { get; init; } = true;

    public required string Message { get; init; }

    public required string? LicenseExpiration { get; init; }

    public required int? DaysUntilExpiration { get; init; }

    public required double? HoursUntilExpiration { get; init; }

    // The last four are constants that old launchers read.
    public double SignalConfidence { get; init; } = 0.5;

    public int ExperiencesUsed { get; init; }

    public required string SignalType { get; init; }

    public required string Regime { get; init; }
}

internal sealed record ValidateAnswer : SessionAnswer
{
    public bool LicenseValid { get; init; } = true;

    public required string Message { get; init; }

    public bool SessionConflict { get; init; }

    public required string LicenseType { get; init; }

    public required string? ExpiryDate { get; init; }
}

internal sealed record HeartbeatAnswer : SessionAnswer
{
    public string Status { get; init; } = "success";

    public const string Recorded = "Heartbeat recorded";

    public string Message { get; init; } = Recorded;

    public bool LicenseValid { get; init; } = true;

    public bool SessionConflict { get; init; }

    public required string? LicenseExpiration { get; init; }

    public required int? DaysUntilExpiration { get; init; }

    public required double? HoursUntilExpiration { get; init; }
}

internal sealed record ReleaseAnswer(string Status, string Message);

internal sealed record ClearAnswer(string Status, string Message, int SessionsCleared);

/// <param name="Keys">The public keys that answers are signed with, as authors build them in: the current one, the next one, the previous one if there is one.</param>
internal sealed record HelloAnswer(string Status, string Message, IReadOnlyList<string> Endpoints, IReadOnlyList<string> Keys);

/// <summary>The first event of a stream.</summary>
/// <param name="KeepaliveSeconds">The stream is never silent for longer.</param>
internal sealed record StreamHello(string SessionId, int HeartbeatIntervalSeconds, int SessionTimeoutSeconds, int DisconnectGraceSeconds, int KeepaliveSeconds);

/// <summary>The settings that concern a client have changed.</summary>
internal sealed record StreamSettings(int HeartbeatIntervalSeconds, int SessionTimeoutSeconds, int DisconnectGraceSeconds);

/// <summary>The license's expiry or status has changed.</summary>
internal sealed record StreamLicense(string LicenseStatus, string? LicenseExpiration, int? DaysUntilExpiration, double? HoursUntilExpiration);

/// <summary>The last event of a stream: the session has ended.</summary>
internal sealed record StreamLoggedOut(string Reason, string Message, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? KeptOutUntil);

/// <summary>Every refusal. Members that do not apply are left out: a bot stops on the mere sight of <c>license_valid: false</c>.</summary>
internal sealed record Refusal
{
    public string Status { get; init; } = "error";

    public required string Message { get; init; }

    public required string Code { get; init; }

    public bool? LicenseValid { get; init; }

    public bool? SessionConflict { get; init; }

    public bool? ForceLogout { get; init; }

    public string? ActiveDevice { get; init; }

    public int? EstimatedWaitSeconds { get; init; }

    public string? LicenseExpiration { get; init; }

    public string? KeptOutUntil { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(MainAnswer))]
[JsonSerializable(typeof(ValidateAnswer))]
[JsonSerializable(typeof(HeartbeatAnswer))]
[JsonSerializable(typeof(ReleaseAnswer))]
[JsonSerializable(typeof(ClearAnswer))]
[JsonSerializable(typeof(HelloAnswer))]
[JsonSerializable(typeof(StreamHello))]
[JsonSerializable(typeof(AnswerSignature))]
[JsonSerializable(typeof(StreamSettings))]
[JsonSerializable(typeof(StreamLicense))]
[JsonSerializable(typeof(StreamLoggedOut))]
internal sealed partial class ClientJson : JsonSerializerContext
{
    /// <summary>For base64, which people copy: its plus signs stay as they are. What clients of old read is written as it always was.</summary>
    public static ClientJson Readable { get; } = new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(Refusal))]
internal sealed partial class RefusalJson : JsonSerializerContext;
