namespace QuoTrading.Portal.Bench.History;

/// <summary>What was asked of the portal.</summary>
public enum Ask
{
    Login,
    Check,
    Heartbeat,

    /// <summary>Opens a session stream.</summary>
    Stream,
    Release,
    Clear,

    /// <summary>By an administrator, of the session that <see cref="Operation.Named"/> names.</summary>
    LogOut,

    /// <summary>A change of the license, of no device; here only where the answer was a fault.</summary>
    Change,
}

/// <summary>What the portal answered, in the words of the wire.</summary>
public enum Told
{
    /// <summary>No answer came, or none that says what was done: it may have been done or not.</summary>
    Nothing,
    Holds,
    WouldHold,
    Conflict,
    ForcedOut,
    KeptOut,
    SessionOver,

    /// <summary>The license itself is bad (<see cref="Operation.Problem"/>).</summary>
    LicenseBad,
    Released,

    /// <summary>The release handed the session over.</summary>
    HandedOver,
    NothingHeld,
    Cleared,

    /// <summary>To an administrator: the session has ended, now or before (<see cref="Operation.EndReason"/>).</summary>
    Ended,

    /// <summary>429: more requests than anybody honest makes.</summary>
    TooMany,

    /// <summary>429: more new devices or sessions than a license may have in a day.</summary>
    TooManyToday,

    /// <summary>The session was begun by a client that proves its installation, and this message did not.</summary>
    LoginRequired,

    /// <summary>An answer that no rule gives.</summary>
    Fault,
}

/// <summary>One request with its answer. All times count from the start of the run, on one monotonic clock.</summary>
public sealed class Operation
{
    public required int License { get; init; }

    /// <summary>Whose request it is; for a logout, whose session it names.</summary>
    public required int Device { get; init; }

    public required Ask Ask { get; init; }

    /// <summary>Taken before the first byte leaves.</summary>
    public required TimeSpan Sent { get; init; }

    /// <summary>Where it was sent from.</summary>
    public string Address { get; init; } = "";

    /// <summary>What the address counts as where places are compared (docs/protocol.md, Words): here all are IPv4, so without its last number.</summary>
    public string Network => Address[..Math.Max(0, Address.LastIndexOf('.'))];

    /// <summary>The session that the request names.</summary>
    public string? Named { get; init; }

    /// <summary>The program on the device that asks; null: it does not say.</summary>
    public string? App { get; init; }

    /// <summary>For a release: another program goes on with the session.</summary>
    public bool HandsOver { get; init; }

    /// <summary>For a logout: the device is kept out for a minute.</summary>
    public bool KeepsOut { get; init; }

    /// <summary>The client proves which installation it is; for a login.</summary>
    public bool Proves { get; init; }

    /// <summary>The session token that the request carries.</summary>
    public string? Token { get; init; }

    /// <summary>Taken after the last byte came; null where no answer did.</summary>
    public TimeSpan? Answered { get; set; }

    /// <summary>When the client stopped waiting for an answer.</summary>
    public TimeSpan? GivenUp { get; set; }

    public Told Told { get; set; }

    /// <summary>The session that the answer names.</summary>
    public string? SessionId { get; set; }

    /// <summary>The session timeout that the answer names.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>The session token that the answer gives.</summary>
    public string? NewToken { get; set; }

    /// <summary>For a conflict: the holder, as far as the answer names it.</summary>
    public string? ActiveDevice { get; set; }

    public string? EndReason { get; set; }

    /// <summary>For a bad license: the code of the refusal.</summary>
    public string? Problem { get; set; }

    /// <summary>For <see cref="Told.Cleared"/>: how many sessions.</summary>
    public int Count { get; set; }

    /// <summary>Status and body, where the answer is a fault.</summary>
    public string? Text { get; set; }

    /// <summary>Whether its device may hold a session because of it.</summary>
    public bool MayGrant => ((Ask is Ask.Login or Ask.Heartbeat or Ask.Stream) && (Told is Told.Holds or Told.Nothing)) || (HandsOver && (Told is Told.HandedOver or Told.Nothing));

    /// <summary>Whether the answer proves that its device holds the session that it names.</summary>
    public bool ProvesLife => SessionId is not null && (Told is Told.Holds or Told.HandedOver);

    /// <summary>Whether the request may have been about this session: it was told so, or nothing, and named no other.</summary>
    public bool MayBeOf(string session) => (SessionId ?? Named ?? session) == session;

    /// <summary>Heartbeats and streams are refused alike.</summary>
    public bool IsBeat => Ask is Ask.Heartbeat or Ask.Stream;

    /// <summary>Whether the portal hears its device by it, and notes where it is.</summary>
    public bool IsHeard => Ask is Ask.Login or Ask.Heartbeat or Ask.Stream || HandsOver;

    public override string ToString() =>
        $"{Sent.TotalSeconds,9:F3} … {(Answered ?? GivenUp)?.TotalSeconds ?? double.NaN,9:F3}  device {Device}  {(Address.Length > 0 ? Address + "  " : "")}{Ask}{(Named is null ? "" : " " + Named[^6..])}"
        + $"{(App is null ? "" : $" ({App})")}{(HandsOver ? " (hand over)" : "")}{(KeepsOut ? " (keep out)" : "")}{(Proves ? " (proves)" : "")}{(Token is null ? "" : " token " + Token[^Math.Min(4, Token.Length)..])} → {Told}{(SessionId is null ? "" : " " + SessionId[^6..])}{(ActiveDevice is null ? "" : " held by " + ActiveDevice)}"
        + $"{(EndReason is null ? "" : " " + EndReason)}{(Problem is null ? "" : " " + Problem)}{(Told == Told.Cleared ? $" {Count}" : "")}{(NewToken is null ? "" : " token " + NewToken[^Math.Min(4, NewToken.Length)..])}{(Text is null ? "" : " " + Text)}";

    internal Operation Copy() => (Operation)MemberwiseClone();
}
