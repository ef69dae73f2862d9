using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.History;

namespace QuoTrading.Portal.Components.Pages.History;

/// <summary>
/// The filter of the history in its address:
/// <c>?from=7d&amp;license=12&amp;customer=ada&amp;device=3f9a&amp;address==192.0.2.1&amp;end=timed_out</c>.
/// </summary>
internal static class HistoryQuery
{
    public static SessionFilter Read(ListQuery query)
    {
        var live = query.Raw("end") == SessionFormat.Live;
        var (customer, words) = query.Customer("customer");
        return new SessionFilter(
            query.From(), query.To(), query.Number("license", "The license"), customer, null, query.Text("address"),
            live ? null : query.Word("end", "how a session ended", SessionFormat.Ends), live, words, query.Text("device"));
    }
}
