using QuoTrading.Portal.Sessions.Online;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>A tick that counts for the positions it was given for, not for one opened since.</summary>
internal sealed class PositionConsent
{
    private readonly HashSet<(Guid Session, string? App)> known = [];

    /// <summary>The sessions with an open position, as they were last seen.</summary>
    public IReadOnlyList<OnlineRow> Open { get; private set; } = [];

    public bool Given { get; set; }

    /// <summary>Somebody must still say that he knows.</summary>
    public bool IsMissing => Open.Count > 0 && !Given;

    /// <summary>Follows the sessions that would end.</summary>
    public void Follow(IEnumerable<OnlineRow> ending)
    {
        Open = [.. ending.Where(row => row.HasOpenPosition)];
        foreach (var position in Open.SelectMany(PositionsOf))
            if (known.Add(position)) Given = false;
    }

    // One of several programs may open one later than another.
    private static IEnumerable<(Guid Session, string? App)> PositionsOf(OnlineRow row) => row.Programs.Count == 0
        ? [(row.SessionId, null)]
        : row.Programs.Where(program => program.Figures.HasOpenPosition).Select(program => (row.SessionId, program.App));
}
