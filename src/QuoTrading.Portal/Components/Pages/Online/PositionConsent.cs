using QuoTrading.Portal.Sessions.Online;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>A confirmation that is valid for the positions that were open when it was given, not for one opened since.</summary>
internal sealed class PositionConsent
{
    private readonly HashSet<(Guid Session, string? App)> known = [];

    /// <summary>The sessions with an open position, updated by <see cref="Follow"/>.</summary>
    public IReadOnlyList<OnlineRow> Open { get; private set; } = [];

    public bool Given { get; set; }

    /// <summary>The confirmation is still required.</summary>
    public bool IsMissing => Open.Count > 0 && !Given;

    /// <summary>Updates the sessions that would end; a new open position withdraws the confirmation.</summary>
    public void Follow(IEnumerable<OnlineRow> ending)
    {
        Open = [.. ending.Where(row => row.HasOpenPosition)];
        foreach (var position in Open.SelectMany(PositionsOf))
            if (known.Add(position)) Given = false;
    }

    // Each program counts by itself: one may open a position later than another.
    private static IEnumerable<(Guid Session, string? App)> PositionsOf(OnlineRow row) => row.Programs.Count == 0
        ? [(row.SessionId, null)]
        : row.Programs.Where(program => program.Figures.HasOpenPosition).Select(program => (row.SessionId, program.App));
}
