using QuoTrading.Portal.Sessions;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>A tick that counts for the positions it was given for, not for one opened since.</summary>
public sealed class PositionConsent
{
    private readonly HashSet<Guid> known = [];

    /// <summary>The sessions with an open position, as they were last seen.</summary>
    public IReadOnlyList<OnlineRow> Open { get; private set; } = [];

    public bool Given { get; set; }

    /// <summary>Somebody must still say that he knows.</summary>
    public bool IsMissing => Open.Count > 0 && !Given;

    /// <summary>Follows the sessions that would end.</summary>
    public void Follow(IEnumerable<OnlineRow> ending)
    {
        Open = [.. ending.Where(row => row.Telemetry.HasOpenPosition)];
        foreach (var row in Open)
            if (known.Add(row.SessionId)) Given = false;
    }
}
