namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>What showed that a fingerprint is used in two places.</summary>
public enum CopySign
{
    /// <summary>Heard from one network, from another, and from the first again within three intervals.</summary>
    TwoNetworks,

    /// <summary>About twice the heartbeats that its programs send, for five minutes.</summary>
    TooManyHeartbeats,

    /// <summary>A login with the secret of another installation than the one that the device is bound to.</summary>
    OtherInstall,

    /// <summary>A token that has been replaced twice since: two clients go on from one login.</summary>
    OldToken,
}

/// <summary>A session whose device is used in two places.</summary>
/// <param name="Where">The networks, as text for people.</param>
/// <param name="NotedMs">When it was last written to the store, in milliseconds of service time.</param>
/// <param name="Unnoted">How often it has been seen since then.</param>
public sealed record CopiedMark(CopySign Sign, string Where, long NotedMs, int Unnoted = 0);

/// <summary>What one license may begin only a limited number of times a day.</summary>
public enum DailyLimit
{
    NewDevices,
    Sessions,
}
