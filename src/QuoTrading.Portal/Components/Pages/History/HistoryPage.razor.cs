using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Live;

namespace QuoTrading.Portal.Components.Pages.History;

/// <summary>All sessions, live and ended.</summary>
public sealed partial class HistoryPage
{
    private const string Session = "session";

    private static readonly IReadOnlyList<KeyValuePair<string, string>> Ends =
        [KeyValuePair.Create(SessionFormat.Live, "Live"), .. SessionFormat.Ends.Keys.Select(name => KeyValuePair.Create(name, SessionFormat.Code(name)))];

    private SessionFilter filter = new();

    [Inject]
    public required SessionQueries Queries { get; set; }

    protected override IReadOnlyCollection<string> Beside => [Session];

    private string? OpenSession => Query.Raw(Session);

    private bool IsFiltered => filter != new SessionFilter();

    protected override void Understand(ListQuery query) => filter = HistoryQuery.Read(query);

    protected override Task<Page<PastSession>> ReadAsync(PageRequest request, CancellationToken cancel) => Queries.ReadAsync(filter, request, cancel);

    protected override long? LicenseOf(PastSession row) => row.LicenseId;

    protected override Task<Counted> CountAsync(CancellationToken cancel) => Queries.CountAsync(filter, cancel);

    // A session opens beside the list, so the page of the list stays in the address.
    private string SessionAddress(PastSession row) => Navigation.GetUriWithQueryParameter(Session, row.SessionId.ToString());

    private void Close() => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(Session, (string?)null));

    private string LengthOf(PastSession row) => Format.Length((row.EndedAt ?? Time.GetUtcNow().UtcDateTime) - row.StartedAt);
}
