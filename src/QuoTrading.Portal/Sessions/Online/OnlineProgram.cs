using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Online;

/// <summary>One of several programs of a device that share a session, as pages show it. Immutable.</summary>
/// <param name="App">Its own name; null if it sends none.</param>
/// <param name="Status"><c>online</c> or <c>idle</c>; null if it sent none.</param>
/// <param name="Figures">Position and profits, from its own last metadata.</param>
/// <param name="LastSeenAt">UTC, wall time.</param>
public sealed record OnlineProgram(string? App, string? Symbol, string? BotVersion, string? Status, Telemetry Figures, DateTime LastSeenAt);
