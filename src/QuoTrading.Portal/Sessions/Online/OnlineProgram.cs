using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Online;

/// <summary>One of several programs of a device that share a session, as people see it. Immutable.</summary>
/// <param name="App">As it names itself; null where it does not.</param>
/// <param name="Status"><c>online</c> or <c>idle</c>; null where it did not say.</param>
/// <param name="Figures">Position and profits, by its own last metadata.</param>
/// <param name="LastSeenAt">UTC, wall time.</param>
public sealed record OnlineProgram(string? App, string? Symbol, string? BotVersion, string? Status, Telemetry Figures, DateTime LastSeenAt);
