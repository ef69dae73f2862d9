using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace QuoTrading.Portal.Api.Clients;

// Installed clients read these answers (docs/client-api.md): no name and no meaning may change. Times are strings, "yyyy-MM-ddTHH:mm:ss",
// UTC without suffix, because launchers subtract them from a naive clock.

/// <summary>The fields of the answers to a login and a heartbeat that spare new clients hard-coded values.</summary>
internal abstract record SessionAnswer
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SessionId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? HeartbeatIntervalSeconds { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? SessionTimeoutSeconds { get; init; }

    /// <summary>For a client that sends <c>install</c>: it sends this token with every message from now on.</summary>
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

    // Old launchers read these four: two constants, then the request's own signal_type and regime.
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

/// <param name="Keys">
/// The public keys of signed answers, in the form that authors of clients build in: the current one, the next one, and the previous one
/// if there is one.
/// </param>
internal sealed record HelloAnswer(string Status, string Message, IReadOnlyList<string> Endpoints, IReadOnlyList<string> Keys);

/// <summary>The first event of a stream.</summary>
/// <param name="KeepaliveSeconds">The stream is never silent for longer than this.</param>
internal sealed record StreamHello(string SessionId, int HeartbeatIntervalSeconds, int SessionTimeoutSeconds, int DisconnectGraceSeconds, int KeepaliveSeconds);

/// <summary>An event: the settings that concern a client have changed.</summary>
internal sealed record StreamSettings(int HeartbeatIntervalSeconds, int SessionTimeoutSeconds, int DisconnectGraceSeconds);

/// <summary>An event: the license's expiry or status has changed.</summary>
internal sealed record StreamLicense(string LicenseStatus, string? LicenseExpiration, int? DaysUntilExpiration, double? HoursUntilExpiration);

/// <summary>The last event of a stream: the session has ended.</summary>
internal sealed record StreamLoggedOut(string Reason, string Message, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? KeptOutUntil);

/// <summary>Any refusal. Fields that do not apply are left out: a bot stops if it reads <c>license_valid: false</c>.</summary>
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
    /// <summary>For base64 that people copy: a plus sign is not escaped. Answers to old clients keep the default escaping.</summary>
    public static ClientJson Readable { get; } = new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(Refusal))]
internal sealed partial class RefusalJson : JsonSerializerContext;
