using System;
using System.Text.Json.Nodes;

namespace QuoTrading;

/// <summary>What came back for a request.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="body">What was sent with it, empty where that is no JSON object.</param>
/// <param name="retryAfter">In how many seconds the server wants the next request; 0 where it does not say.</param>
internal sealed class LicenseAnswer(int status, JsonObject body, double retryAfter)
{
    /// <summary>Beyond it no timeout, interval or grace is believed: whoever says more wants two to trade.</summary>
    public const double MostSeconds = 3600;

    public int Status { get; } = status;

    public JsonObject Body { get; } = body;

    public double RetryAfter { get; } = retryAfter;

    /// <summary>It should have been signed and was not: neither a yes nor a no.</summary>
    public bool IsUnsigned { get; init; }

    /// <summary>It confirms a session. A captive portal's or a proxy's 200 does not.</summary>
    public bool Grants => Status == 200 && !IsUnsigned && Body.Text("session_id") is not null
        && Body.Number("heartbeat_interval_seconds", 0, double.MaxValue) is not null && Body.Number("session_timeout_seconds", 0, double.MaxValue) is not null;

    /// <summary>As <see cref="Grants"/>, of the system that the portal replaces: it knows neither sessions' names nor streams.</summary>
    public bool GrantsAsOlder => Status == 200 && !IsUnsigned && Body.Flag("license_valid") is true && Body.Text("session_id") is null
        && !Body.ContainsKey("heartbeat_interval_seconds");

    /// <summary>The portal says no. Somebody else's 403 page does not.</summary>
    public bool Refuses => !IsUnsigned && (Status is 401 or 403 && IsOurs || Status == 429 && IsFinalLimit);

    /// <summary>The portal's own, or the older system's, rather than a captive portal's or a proxy's.</summary>
    public bool IsOurs => Body.Text("status") == "error" || Body.Flag("license_valid") is not null || Body.Flag("session_conflict") is not null;

    public LicenseReason Reason => new(Code, Body.Text("message") is { Length: > 0 } told ? told : $"The license server answered {Status}.",
        Body.Text("active_device") ?? "", Body.Number("estimated_wait_seconds", 0, 1e9) ?? 0);

    private string Code => Body.Text("code") is { Length: > 0 } told ? told
        : Body.Flag("session_conflict") is true ? LicenseReasonCode.SessionConflict : FormattableString.Invariant($"http_{Status}");

    private bool IsFinalLimit => Body.Text("status") == "error" && Body.Text("code") is LicenseReasonCode.TooManyDevices or LicenseReasonCode.TooManySessions;
}
