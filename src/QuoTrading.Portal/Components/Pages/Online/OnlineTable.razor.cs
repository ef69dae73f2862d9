using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Sessions.Online;

namespace QuoTrading.Portal.Components.Pages.Online;

public sealed partial class OnlineTable
{
    /// <summary>The titles of the columns.</summary>
    public static readonly IReadOnlyDictionary<OnlineColumn, string> Names = new Dictionary<OnlineColumn, string>
    {
        [OnlineColumn.Customer] = "Customer",
        [OnlineColumn.Key] = "License key",
        [OnlineColumn.Plan] = "Plan",
        [OnlineColumn.Device] = "Device",
        [OnlineColumn.Address] = "Address",
        [OnlineColumn.Version] = "Version",
        [OnlineColumn.Status] = "Status",
        [OnlineColumn.Symbol] = "Symbol",
        [OnlineColumn.ProfitAndLoss] = "Session P&L",
        [OnlineColumn.Position] = "Position",
        [OnlineColumn.Since] = "Since",
        [OnlineColumn.LastSeen] = "Last heartbeat",
    };

    private static readonly OnlineColumn[] Headers = [.. Names.Keys];

    [Parameter, EditorRequired]
    public required OnlineView View { get; set; }

    [Parameter]
    public bool MayLogOut { get; set; }

    [Parameter]
    public EventCallback<OnlineColumn> SortClicked { get; set; }

    /// <summary>Raised when the selection or the open lines have changed.</summary>
    [Parameter]
    public EventCallback Changed { get; set; }

    [Parameter]
    public EventCallback<IReadOnlyList<Guid>> LogOutClicked { get; set; }

    /// <summary>The session whose details are open.</summary>
    [Parameter]
    public Guid? Opened { get; set; }

    [Parameter]
    public EventCallback<Guid> OpenClicked { get; set; }

    internal static string ClassOf(OnlineColumn column) => "c-" + OnlineQuery.Name(column);

    private string? SortState(OnlineColumn column) => View.Sort.Column != column ? null : View.Sort.Descending ? "descending" : "ascending";

    private string SortIcon(OnlineColumn column) => View.Sort.Column != column ? "unfold_more" : View.Sort.Descending ? "arrow_downward" : "arrow_upward";

    private Task Toggle(OnlineRow row)
    {
        View.Toggle(row);
        return Changed.InvokeAsync();
    }

    private Task Pick(OnlineLine line, bool on)
    {
        foreach (var id in View.SessionsOf(line)) View.Select(id, on);
        return Changed.InvokeAsync();
    }

    private Task PickShown(bool on)
    {
        View.SelectShown(on);
        return Changed.InvokeAsync();
    }
}
