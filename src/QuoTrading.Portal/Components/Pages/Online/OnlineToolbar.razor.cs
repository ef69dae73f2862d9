using Microsoft.AspNetCore.Components;

namespace QuoTrading.Portal.Components.Pages.Online;

public sealed partial class OnlineToolbar
{
    [Parameter, EditorRequired]
    public required OnlineView View { get; set; }

    /// <summary>Raised when a choice made here changes what the page shows.</summary>
    [Parameter]
    public EventCallback Changed { get; set; }

    /// <summary>The devices that are kept out are shown beside the list.</summary>
    [Parameter]
    public bool ShowsKeptOut { get; set; }

    [Parameter]
    public EventCallback KeptOutClicked { get; set; }

    /// <summary>More content, at the end of the bar.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    // The input uses @bind instead of value, so that a late answer of the server does not restore an older text.
    private Task Search(string? typed)
    {
        View.SearchFor(typed);
        return Changed.InvokeAsync();
    }

    private Task StatusChosen(ChangeEventArgs change) =>
        FilterAsync(View.Filter with { Status = change.Value as string is "online" or "idle" ? (string)change.Value! : null });

    private Task FilterAsync(OnlineFilter filter)
    {
        View.FilterBy(filter);
        return Changed.InvokeAsync();
    }

    private Task ColumnChosen(ChangeEventArgs change)
    {
        View.OrderBy(OnlineQuery.ReadSort(change.Value as string));
        return Changed.InvokeAsync();
    }

    private Task TurnRound()
    {
        View.OrderBy(View.Sort with { Descending = !View.Sort.Descending });
        return Changed.InvokeAsync();
    }
}
