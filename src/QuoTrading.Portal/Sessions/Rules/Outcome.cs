using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>How a client's request was decided. Closed: whoever switches over it handles every case.</summary>
public abstract record Outcome
{
    private Outcome()
    {
    }

    /// <summary>The device holds a session: started, continued, resumed or refreshed.</summary>
    /// <param name="SymbolKept">The symbol it named is taken by another session on the same seat; the stored one stays.</param>
    /// <param name="Token">What the device proves itself with from now on; null where it goes on with the one it has, or needs none.</param>
    public sealed record Holds(LiveSession Session, bool SymbolKept = false, SessionToken? Token = null) : Outcome;

    /// <summary>Only asked: it would be let in. Nothing was changed.</summary>
    public sealed record WouldHold : Outcome;

    public sealed record Released : Outcome;

    /// <summary>Nothing of this device's is live. Nothing was changed.</summary>
    public sealed record NothingToRelease : Outcome;

    /// <summary>Stale sessions were ended.</summary>
    public sealed record Cleared(int Count) : Outcome;

    public sealed record UnknownKey : Outcome;

    /// <summary>The license itself is bad.</summary>
    public sealed record LicenseRefused(LicenseProblem Problem) : Outcome;

    /// <summary>Every seat is held.</summary>
    /// <param name="ActiveDevice">The fingerprint of the holder that turns stale first.</param>
    /// <param name="WaitSeconds">Until it does, if it is silent from now on.</param>
    public sealed record Conflict(string ActiveDevice, int WaitSeconds) : Outcome;

    /// <summary>Logged out by an administrator, and no login since.</summary>
    public sealed record ForcedOut : Outcome;

    /// <summary>Kept out by an administrator.</summary>
    public sealed record KeptOut(KeptOutUntil Until) : Outcome;

    /// <summary>The session that the message named has ended.</summary>
    public sealed record SessionOver : Outcome;

    /// <summary>The device proves its installation, and this message does not. Nothing was changed.</summary>
    public sealed record LoginRequired : Outcome;

    /// <summary>The license has had as much today as any honest one needs. Nothing was changed.</summary>
    /// <param name="WaitSeconds">Until its day is over.</param>
    public sealed record TooMuchToday(DailyLimit What, int WaitSeconds) : Outcome;
}

public enum LicenseProblem
{
    Suspended,
    Cancelled,
    Expired,
}

/// <summary>What a message would come to.</summary>
/// <param name="Change">The last thing that it would change; null where nothing.</param>
/// <param name="Copied">Where the device is served instead, if it is refused as a copied one; else null.</param>
public sealed record Asked(Answer Answer, SessionChange? Change, string? Copied = null);

/// <summary>An outcome with the facts it was decided by.</summary>
/// <param name="License">Null for an unknown key.</param>
public sealed record Answer(Outcome Outcome, LicenseSnapshot? License, SessionSettings Settings, Instant Now);
