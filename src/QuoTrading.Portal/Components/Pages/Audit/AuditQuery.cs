using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Components.Lists;

namespace QuoTrading.Portal.Components.Pages.Audit;

/// <summary>
/// The filter of the audit log in its address: <c>?from=7d&amp;actor=ada&amp;action=license.&amp;kind=license&amp;target==12</c>.
/// </summary>
internal static class AuditQuery
{
    public static AuditFilter Read(ListQuery query) => new(query.From(), query.To(), query.Text("actor"), query.Text("action"), query.OneOf("kind", "what it was done to", AuditFormat.Kinds.Select(kind => kind.Key)), query.Text("target"));
}
