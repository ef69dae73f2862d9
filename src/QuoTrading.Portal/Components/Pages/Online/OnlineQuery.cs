using QuoTrading.Portal.Sessions.Online;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>The page's state in its address, so that a view can be bookmarked: <c>?q=acme&amp;sort=-since</c>; a minus is descending.</summary>
internal static class OnlineQuery
{
    /// <summary>What <c>list</c> says where the devices that are kept out stand beside the sessions.</summary>
    public const string KeptOut = "kept-out";

    /// <summary>What cannot be read is the default order.</summary>
    public static OnlineSort ReadSort(string? text)
    {
        if (string.IsNullOrEmpty(text)) return OnlineView.DefaultSort;
        var descending = text[0] == '-';
        var name = descending ? text[1..] : text;
        return Enum.TryParse<OnlineColumn>(name, ignoreCase: true, out var column) && Enum.IsDefined(column) && !char.IsAsciiDigit(name[0])
            ? new OnlineSort(column, descending)
            : OnlineView.DefaultSort;
    }

    /// <summary>What is no number of a session is left out.</summary>
    public static IEnumerable<Guid> ReadSessions(string? text) =>
        (text ?? "").Split(',').Select(part => Guid.TryParse(part, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty);

    /// <returns>Null for the default order, which needs no words.</returns>
    public static string? WriteSort(OnlineSort sort) =>
        sort == OnlineView.DefaultSort ? null : (sort.Descending ? "-" : "") + Name(sort.Column);

    /// <summary>A column, as the address names it.</summary>
    public static string Name(OnlineColumn column) => column.ToString().ToLowerInvariant();
}
