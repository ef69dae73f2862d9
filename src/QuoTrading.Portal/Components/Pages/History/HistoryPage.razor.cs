using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions;
using QuoTrading.Portal.Sessions.Reading;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Components.Pages.History;

/// <summary>All sessions, live and ended.</summary>
public sealed partial class HistoryPage
{
    private const string Beginning = "The beginning of it; or = and the whole of it";
    private const string CustomerHint = "Any part of the name or e-mail, groups of a key as they are read out, or a whole key; or = and the whole e-mail";
    private const string DeviceHint = "The beginning of its name, or of its fingerprint; or = and the whole of it";
    private const string Session = "session";

    private static readonly IReadOnlyList<KeyValuePair<string, string>> Ends =
        [KeyValuePair.Create(SessionWords.Live, "Live"), .. SessionWords.Ends.Keys.Select(name => KeyValuePair.Create(name, SessionWords.Code(name)))];

    private SessionFilter filter = new();
    private IReadOnlySet<long> there = new HashSet<long>();

    [Inject]
    public required SessionArchive Archive { get; set; }

    [Inject]
    public required LicenseCatalog Licenses { get; set; }

    protected override IReadOnlyCollection<string> Beside => [Session];

    private string? OpenSession => Query.Raw(Session);

    private bool IsFiltered => filter != new SessionFilter();

    protected override void Understand(ListQuery query) => filter = HistoryQuery.Read(query);

    protected override async Task<Page<SessionRecord>> ReadAsync(PageRequest request, CancellationToken cancel)
    {
        var page = await Archive.ReadAsync(filter, request, cancel);
        var exist = await Licenses.WhichExistAsync(page.Items.Select(row => row.LicenseId), cancel);
        // An older question that is answered late must not undo a newer one.
        cancel.ThrowIfCancellationRequested();
        there = exist;
        return page;
    }

    protected override Task<Counted> CountAsync(CancellationToken cancel) => Archive.CountAsync(filter, cancel);

    // Opens beside the list: the page of the list stays.
    private string SessionAddress(SessionRecord row) => Navigation.GetUriWithQueryParameter(Session, row.SessionId.ToString());

    private void Close() => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(Session, (string?)null));

    private Task FindAsync(string? typed) => FindAsync(Licenses, typed);

    private string LengthOf(SessionRecord row) => Words.Length((row.EndedAt ?? Time.GetUtcNow().UtcDateTime) - row.StartedAt);
}
