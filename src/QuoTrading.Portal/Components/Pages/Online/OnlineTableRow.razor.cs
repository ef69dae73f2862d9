using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Sessions.Online;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>One line. Rendered again only when its immutable row is another object, or its index or state changed.</summary>
public sealed partial class OnlineTableRow
{
    private (OnlineLine Line, int Index, bool Selected, bool Opened, bool MayLogOut) drawn;

    [Parameter, EditorRequired]
    public OnlineLine Line { get; set; }

    /// <summary>Its index in the whole list, from 0.</summary>
    [Parameter]
    public int Index { get; set; }

    [Parameter]
    public bool Selected { get; set; }

    /// <summary>Its details are open.</summary>
    [Parameter]
    public bool Opened { get; set; }

    [Parameter]
    public bool MayLogOut { get; set; }

    [Parameter]
    public EventCallback<bool> Picked { get; set; }

    [Parameter]
    public EventCallback LogOutClicked { get; set; }

    [Parameter]
    public EventCallback OpenClicked { get; set; }

    [Parameter]
    public EventCallback ToggleClicked { get; set; }

    private OnlineRow Row => Line.Row;

    private string? Class => (Selected, Line.IsSeatSharer, Opened) switch
    {
        (false, false, false) => null,
        _ => $"{(Selected ? "selected " : "")}{(Line.IsSeatSharer ? "mate " : "")}{(Opened ? "opened" : "")}".TrimEnd(),
    };

    protected override bool ShouldRender() =>
        !ReferenceEquals(drawn.Line.Row, Row) || drawn != (Line, Index, Selected, Opened, MayLogOut);

    protected override void OnAfterRender(bool firstRender) => drawn = (Line, Index, Selected, Opened, MayLogOut);

    private static string? Tone(decimal? amount) => amount switch { > 0 => "gain", < 0 => "loss", _ => null };
}
