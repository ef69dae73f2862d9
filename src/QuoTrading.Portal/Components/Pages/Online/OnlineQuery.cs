using QuoTrading.Portal.Sessions.Online;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>The page's state in its address, for bookmarks: <c>?q=acme&amp;sort=-since</c>; a minus means descending.</summary>
internal static class OnlineQuery
{
    /// <summary>The value of <c>list</c> while the devices that are kept out are shown beside the sessions.</summary>
    public const string KeptOut = "kept-out";

    /// <summary>A text that cannot be read gives the default order.</summary>
    public static OnlineSort ReadSort(string? text)
    {
        if (string.IsNullOrEmpty(text)) return OnlineView.DefaultSort;
        var descending = text[0] == '-';
        var name = descending ? text[1..] : text;
        return Enum.TryParse<OnlineColumn>(name, ignoreCase: true, out var column) && Enum.IsDefined(column) && !char.IsAsciiDigit(name[0])
            ? new OnlineSort(column, descending)
            : OnlineView.DefaultSort;
    }

    /// <summary>A part that is no session ID is left out.</summary>
    public static IEnumerable<Guid> ReadSessions(string? text) =>
        (text ?? "").Split(',').Select(part => Guid.TryParse(part, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty);

    /// <returns>Null for the default order, which is not written.</returns>
    public static string? WriteSort(OnlineSort sort) =>
        sort == OnlineView.DefaultSort ? null : (sort.Descending ? "-" : "") + Name(sort.Column);

    /// <summary>The name of a column in the address.</summary>
    public static string Name(OnlineColumn column) => column.ToString().ToLowerInvariant();
}
