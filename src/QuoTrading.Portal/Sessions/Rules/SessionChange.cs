namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>One thing that a decision changes. Closed.</summary>
public abstract record SessionChange
{
    private SessionChange()
    {
    }

    /// <summary>A new session.</summary>
    /// <param name="ByHeartbeat">It did not log in: it came back after its old session was past resuming.</param>
    public sealed record Started(LiveSession Session, bool ByHeartbeat) : SessionChange;

    /// <summary>The device logged in again and goes on with its session.</summary>
    public sealed record Continued(LiveSession Session) : SessionChange;

    /// <summary>A session that had timed out goes on, with its history row.</summary>
    public sealed record Resumed(LiveSession Session) : SessionChange;

    /// <summary>A message came; nothing else. May be written up to a second later.</summary>
    public sealed record Refreshed(LiveSession Session) : SessionChange;

    /// <summary>The session sits elsewhere, or leads its seat now.</summary>
    public sealed record Placed(LiveSession Session) : SessionChange;

    /// <summary>One program of the device has left the session, which goes on.</summary>
    /// <param name="App">Which; empty where it has no name.</param>
    public sealed record AppLeft(LiveSession Session, string App) : SessionChange;

    /// <summary>The device proves itself with other tokens from now on.</summary>
    public sealed record Proved(LiveSession Session) : SessionChange;

    /// <summary>The device is used in two places.</summary>
    /// <param name="Times">How often that was seen since it was last written down.</param>
    public sealed record CopySeen(LiveSession Session, CopySign Sign, string Where, int Times) : SessionChange;

    /// <summary>The session lost its streams and has the grace to come back, or is judged by its messages alone again. Nothing to store.</summary>
    public sealed record ConnectionChanged(LiveSession Session) : SessionChange;

    /// <param name="Session">As it was when it ended.</param>
    /// <param name="By">Who ended it; null where nobody did.</param>
    public sealed record Ended(LiveSession Session, EndReason Reason, string? By = null, string? Note = null) : SessionChange;

    public sealed record Marked(DeviceMark Mark) : SessionChange;

    /// <param name="By">Who took it away; null where a login did.</param>
    public sealed record Unmarked(DeviceMark Mark, string? By = null, string? Note = null) : SessionChange;
}
