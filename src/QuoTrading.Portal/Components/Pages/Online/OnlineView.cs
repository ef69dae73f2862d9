using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Online;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>One page's view of the shared snapshot: search, filter, order and selection. A new snapshot keeps them.</summary>
public sealed class OnlineView
{
    public static readonly OnlineSort DefaultSort = new(OnlineColumn.Since, Descending: true);

    private readonly HashSet<Guid> selected = [];
    private readonly HashSet<Guid> loggedOut = [];
    private readonly HashSet<(long LicenseId, int Seat)> open = [];
    private OnlineSnapshot snapshot = new([], DateTime.MinValue);
    private SearchWord[] words = [];

    public string Search { get; private set; } = "";

    /// <summary>The search for the page's address; empty if it has a key or a part of one, which must not get into a history.</summary>
    public string ShareableSearch => LicenseKey.IsBegunIn(Search) || Array.Exists(words, word => snapshot.Rows.Any(word.IsKeyOf)) ? "" : Search;

    public OnlineSort Sort { get; private set; } = DefaultSort;

    public OnlineFilter Filter { get; private set; } = OnlineFilter.None;

    /// <summary>There is no search and no filter.</summary>
    public bool ShowsAll => words.Length == 0 && Filter == OnlineFilter.None;

    /// <summary>How many sessions are live, shown or not.</summary>
    public int Online { get; private set; }

    /// <summary>How many devices are kept out.</summary>
    public int KeptOut => snapshot.KeptOut;

    /// <summary>The sessions that match search and filter, in order.</summary>
    public ICollection<OnlineRow> Shown { get; private set; } = [];

    /// <summary>The same as lines of the list: sessions that share a seat are one line until it is opened.</summary>
    public ICollection<OnlineLine> Lines { get; private set; } = [];

    /// <summary>The selected live sessions, also those that the search hides now.</summary>
    public IReadOnlyCollection<Guid> Selected => selected;

    public bool AllShownSelected => Shown.Count > 0 && Shown.All(row => selected.Contains(row.SessionId));

    public void Show(OnlineSnapshot newest)
    {
        snapshot = newest;
        loggedOut.RemoveWhere(id => newest.Find(id) is null);
        selected.RemoveWhere(id => Find(id) is null);
        Apply();
    }

    public void SearchFor(string? text)
    {
        Search = text ?? "";
        words = LicenseKey.Read(Search) is { } key
            ? [SearchWord.Of(key)]
            : [.. SearchWords.Of(Search).Select(SearchWord.Of)];
        Apply();
    }

    public void FilterBy(OnlineFilter filter)
    {
        Filter = filter;
        Apply();
    }

    public void OrderBy(OnlineSort sort)
    {
        Sort = sort;
        Apply();
    }

    /// <summary>The order after a click on a header; the same column again reverses the order.</summary>
    public OnlineSort SortAfterClick(OnlineColumn column) =>
        Sort.Column == column ? new(column, !Sort.Descending) : new(column, column is OnlineColumn.Since or OnlineColumn.LastSeen or OnlineColumn.ProfitAndLoss);

    public void Select(Guid sessionId, bool on)
    {
        if (on && Find(sessionId) is not null) selected.Add(sessionId);
        else selected.Remove(sessionId);
    }

    /// <summary>Selects or unselects the shown sessions; hidden ones stay unchanged.</summary>
    public void SelectShown(bool on)
    {
        foreach (var row in Shown) Select(row.SessionId, on);
    }

    public void SelectNone() => selected.Clear();

    /// <summary>Selects exactly these sessions, as far as they are live; for the sessions of a bookmark.</summary>
    public void SelectOnly(IEnumerable<Guid> sessionIds)
    {
        selected.Clear();
        foreach (var id in sessionIds) Select(id, on: true);
    }

    /// <summary>Shows or hides the other sessions of a session's seat.</summary>
    public void Toggle(OnlineRow row)
    {
        if (!open.Remove((row.LicenseId, row.Seat))) open.Add((row.LicenseId, row.Seat));
        Apply();
    }

    /// <summary>The sessions that a line represents.</summary>
    public IReadOnlyList<Guid> SessionsOf(OnlineLine line) => line.SeatSharers == 0
        ? [line.Row.SessionId]
        : [.. Shown.Where(row => row.LicenseId == line.Row.LicenseId && row.Seat == line.Row.Seat).Select(row => row.SessionId)];

    /// <summary>The live sessions of one license.</summary>
    public IReadOnlyList<OnlineRow> OfLicense(long licenseId) => [.. snapshot.Rows.Where(row => row.LicenseId == licenseId && !loggedOut.Contains(row.SessionId))];

    /// <summary>All live sessions.</summary>
    public IReadOnlyList<OnlineRow> Everyone => [.. snapshot.Rows.Where(row => !loggedOut.Contains(row.SessionId))];

    /// <summary>Removes sessions that were logged out, without waiting for the next snapshot.</summary>
    public void Remove(IEnumerable<Guid> sessionIds)
    {
        foreach (var id in sessionIds)
            if (snapshot.Find(id) is not null) loggedOut.Add(id);
        Show(snapshot);
    }

    /// <returns>Null once the session has ended.</returns>
    public OnlineRow? Find(Guid sessionId) => loggedOut.Contains(sessionId) ? null : snapshot.Find(sessionId);

    private void Apply()
    {
        Online = snapshot.Rows.Count - loggedOut.Count;
        var all = snapshot.In(Sort);
        Shown = ShowsAll && loggedOut.Count == 0 && all is ICollection<OnlineRow> shared
            ? shared
            : all.Where(row => !loggedOut.Contains(row.SessionId) && Filter.Finds(row) && Matches(row)).ToList();
        Lines = Fold();
    }

    private List<OnlineLine> Fold()
    {
        var lines = new List<OnlineLine>(Shown.Count);
        if (snapshot.SharedSeats.Count == 0)
        {
            foreach (var row in Shown) lines.Add(new OnlineLine(row, Copied: row.Copied));
            return lines;
        }

        var bySeat = Shown.Where(row => snapshot.SharedSeats.ContainsKey((row.LicenseId, row.Seat))).ToLookup(row => (row.LicenseId, row.Seat));
        foreach (var row in Shown)
        {
            var seat = (row.LicenseId, row.Seat);
            if (!bySeat.Contains(seat)) lines.Add(new OnlineLine(row, Copied: row.Copied));
            else if (bySeat[seat].First() == row)
            {
                var seatSharers = bySeat[seat].Skip(1).ToList();
                var isOpen = open.Contains(seat);
                // A folded line shows the mark of any of its sessions.
                var copied = isOpen ? row.Copied : row.Copied ?? seatSharers.Find(mate => mate.Copied is not null)?.Copied;
                lines.Add(new OnlineLine(row, seatSharers.Count, isOpen, OnSeat: snapshot.DevicesOnSeat(row), Copied: copied));
                if (isOpen) lines.AddRange(seatSharers.Select(mate => new OnlineLine(mate, IsSeatSharer: true, Copied: mate.Copied)));
            }
        }

        return lines;
    }

    private bool Matches(OnlineRow row) => Array.TrueForAll(words, word => word.Finds(row));
}
