using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>How a client's request was decided. Closed: a switch over it handles every case.</summary>
public abstract record Outcome
{
    private Outcome()
    {
    }

    /// <summary>The device holds a session: started, continued, resumed or refreshed.</summary>
    /// <param name="SymbolKept">Another session on the same seat has the symbol that the message named; the stored symbol stays.</param>
    /// <param name="Token">The device's next token; null if it keeps the one it has, or needs none.</param>
    public sealed record Holds(LiveSession Session, bool SymbolKept = false, SessionToken? Token = null) : Outcome;

    /// <summary>Only a check: the client would be let in. Nothing was changed.</summary>
    public sealed record WouldHold : Outcome;

    public sealed record Released : Outcome;

    /// <summary>The device has no live session to release. Nothing was changed.</summary>
    public sealed record NothingToRelease : Outcome;

    /// <summary>Stale sessions were ended.</summary>
    public sealed record Cleared(int Count) : Outcome;

    public sealed record UnknownKey : Outcome;

    /// <summary>The license itself is suspended, cancelled or expired.</summary>
    public sealed record LicenseRefused(LicenseProblem Problem) : Outcome;

    /// <summary>Every seat is held.</summary>
    /// <param name="ActiveDevice">The fingerprint of the holder that turns stale first.</param>
    /// <param name="WaitSeconds">Seconds until it is stale if it sends nothing more.</param>
    public sealed record Conflict(string ActiveDevice, int WaitSeconds) : Outcome;

    /// <summary>Logged out by an administrator, and no login since.</summary>
    public sealed record ForcedOut : Outcome;

    /// <summary>Kept out by an administrator.</summary>
    public sealed record KeptOut(KeptOutUntil Until) : Outcome;

    /// <summary>The session that the message named has ended.</summary>
    public sealed record SessionOver : Outcome;

    /// <summary>The device's session needs a proof, and this message has none. Nothing was changed.</summary>
    public sealed record LoginRequired : Outcome;

    /// <summary>The license has reached a limit of its day. Nothing was changed.</summary>
    /// <param name="WaitSeconds">Seconds until its day ends.</param>
    public sealed record TooMuchToday(DailyLimit What, int WaitSeconds) : Outcome;
}

public enum LicenseProblem
{
    Suspended,
    Cancelled,
    Expired,
}

/// <summary>The result that a message would have.</summary>
/// <param name="Change">The last change that it would make; null if none.</param>
/// <param name="Copied">Where the device is served instead, if it is refused as a copied device; else null.</param>
public sealed record Asked(Answer Answer, SessionChange? Change, string? Copied = null);

/// <summary>An outcome, with the license snapshot, settings and time that decided it.</summary>
/// <param name="License">Null for an unknown key.</param>
public sealed record Answer(Outcome Outcome, LicenseSnapshot? License, SessionSettings Settings, Instant Now);
