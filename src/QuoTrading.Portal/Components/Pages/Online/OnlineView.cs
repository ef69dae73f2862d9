using QuoTrading.Portal.Sessions;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>What one person sees of the shared snapshot: search, order and selection. A new snapshot changes none of them.</summary>
public sealed class OnlineView
{
    public static readonly OnlineSort DefaultSort = new(OnlineColumn.Since, Descending: true);

    private readonly HashSet<Guid> selected = [];
    private readonly HashSet<Guid> loggedOut = [];
    private OnlineSnapshot snapshot = new([], DateTime.MinValue);
    private SearchWord[] words = [];

    public string Search { get; private set; } = "";

    /// <summary>The search, fit for the address of the page: a whole key does not belong into a browser's history.</summary>
    public string ShareableSearch => Array.Exists(words, word => word.IsKey || snapshot.Rows.Any(word.IsKeyOf)) ? "" : Search;

    public OnlineSort Sort { get; private set; } = DefaultSort;

    /// <summary>How many are live, shown or not.</summary>
    public int Online { get; private set; }

    /// <summary>What the search finds, in order.</summary>
    public ICollection<OnlineRow> Shown { get; private set; } = [];

    /// <summary>The selected sessions that are live; also those that the search does not show now.</summary>
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
        words = [.. Search.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(SearchWord.Of)];
        Apply();
    }

    public void OrderBy(OnlineSort sort)
    {
        Sort = sort;
        Apply();
    }

    /// <summary>A click on a header: the same column again turns the order round.</summary>
    public OnlineSort SortAfterClick(OnlineColumn column) =>
        Sort.Column == column ? new(column, !Sort.Descending) : new(column, column is OnlineColumn.Since or OnlineColumn.LastSeen or OnlineColumn.ProfitAndLoss);

    public void Select(Guid sessionId, bool on)
    {
        if (on && Find(sessionId) is not null) selected.Add(sessionId);
        else selected.Remove(sessionId);
    }

    /// <summary>Selects or unselects what is shown; what the search hides stays as it is.</summary>
    public void SelectShown(bool on)
    {
        foreach (var row in Shown) Select(row.SessionId, on);
    }

    public void SelectNone() => selected.Clear();

    /// <summary>Takes sessions away at once that somebody has logged out, ahead of the next snapshot.</summary>
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
        Shown = words.Length == 0 && loggedOut.Count == 0 && all is ICollection<OnlineRow> shared
            ? shared
            : all.Where(row => !loggedOut.Contains(row.SessionId) && Matches(row)).ToList();
    }

    private bool Matches(OnlineRow row) => Array.TrueForAll(words, word => word.Finds(row));
}
