namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>One thing that a decision changes. Closed.</summary>
public abstract record SessionChange
{
    private SessionChange()
    {
    }

    /// <summary>A new session.</summary>
    /// <param name="ByHeartbeat">It began without a login: by a heartbeat, when the old session could no longer be resumed.</param>
    public sealed record Started(LiveSession Session, bool ByHeartbeat) : SessionChange;

    /// <summary>The device logged in again and goes on with its session.</summary>
    public sealed record Continued(LiveSession Session) : SessionChange;

    /// <summary>A session that had timed out goes on, with the same history row.</summary>
    public sealed record Resumed(LiveSession Session) : SessionChange;

    /// <summary>A message came, and nothing else changed. May be written up to a second later.</summary>
    public sealed record Refreshed(LiveSession Session) : SessionChange;

    /// <summary>The session has another seat, or leads its seat now.</summary>
    public sealed record Placed(LiveSession Session) : SessionChange;

    /// <summary>One program of the device has left the session, which goes on.</summary>
    /// <param name="App">The name of the program; empty if it has none.</param>
    public sealed record AppLeft(LiveSession Session, string App) : SessionChange;

    /// <summary>The tokens of the session changed.</summary>
    public sealed record Proved(LiveSession Session) : SessionChange;

    /// <summary>The device is used in two places.</summary>
    /// <param name="Times">How often that was seen since it was last written to the store.</param>
    public sealed record CopySeen(LiveSession Session, CopySign Sign, string Where, int Times) : SessionChange;

    /// <summary>The session lost its streams and has the disconnect grace, or its messages alone count again. Nothing to store.</summary>
    public sealed record ConnectionChanged(LiveSession Session) : SessionChange;

    /// <param name="Session">As it was when it ended.</param>
    /// <param name="By">The person, token or command line that ended it; null if the server or the client did.</param>
    public sealed record Ended(LiveSession Session, EndReason Reason, string? By = null, string? Note = null) : SessionChange;

    public sealed record Marked(DeviceMark Mark) : SessionChange;

    /// <param name="By">The name of the administrator that removed it; null if a login did.</param>
    public sealed record Unmarked(DeviceMark Mark, string? By = null, string? Note = null) : SessionChange;
}
