namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>What showed that a fingerprint is used in two places.</summary>
public enum CopySign
{
    /// <summary>Heard from one network, from another, and from the first again within three intervals.</summary>
    TwoNetworks,

    /// <summary>About twice the heartbeats that its programs send, for five minutes.</summary>
    TooManyHeartbeats,

    /// <summary>A login with another installation's secret than the device is bound to.</summary>
    OtherInstall,

    /// <summary>A token that was replaced twice since: two go on from one login.</summary>
    OldToken,
}

/// <summary>A session whose device is used in two places.</summary>
/// <param name="Where">The networks, for people.</param>
/// <param name="NotedMs">When it was last written down, in milliseconds of service time.</param>
/// <param name="Unnoted">How often it was seen since.</param>
public sealed record CopiedMark(CopySign Sign, string Where, long NotedMs, int Unnoted = 0);

/// <summary>What grows with a license's use, and has a limit of a day.</summary>
public enum DailyLimit
{
    NewDevices,
    Sessions,
}
