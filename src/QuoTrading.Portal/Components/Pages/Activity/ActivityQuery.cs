using System.Globalization;
using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Components.Pages.Activity;

/// <summary>
/// The filter of the activity page in its address: <c>?from=24h&amp;kind=refused&amp;code=session_conflict&amp;license=12</c>.
/// </summary>
internal static class ActivityQuery
{
    public const string Conflict = "session_conflict";

    public static EventFilter Read(ListQuery query)
    {
        var kind = query.Word("kind", "what happened", SessionFormat.Kinds);
        var (customer, words) = query.Customer("customer");
        return new EventFilter(
            query.From(), query.To(), query.Number("license", "The license"), null, customer, null, query.Text("address"),
            kind, query.OneOf("code", "the reason", SessionFormat.CodesOf(kind).Select(code => code.Key)), words, query.Text("device"));
    }

    /// <summary>The address of all events with the same kind and code.</summary>
    public static string Like(SessionEvent happened) =>
        $"/activity?kind={WireNames.Of(happened.Kind)}{(happened.Code is { } code && SessionFormat.CodesOf(happened.Kind).Any(known => known.Key == code) ? $"&code={Uri.EscapeDataString(code)}" : "")}";

    /// <summary>The address of a license's copied-device events.</summary>
    public static string CopiesOf(long licenseId) => $"/activity?kind={WireNames.Of(EventKind.CopiedDevice)}&license={licenseId.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>The address of the refusals of the last 24 hours, all or with this code.</summary>
    public static string RefusedToday(string? code = null) => $"/activity?from=24h&kind={WireNames.Of(EventKind.Refused)}{(code is null ? "" : $"&code={Uri.EscapeDataString(code)}")}";
}
