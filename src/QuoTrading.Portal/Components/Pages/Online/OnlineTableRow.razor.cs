using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Sessions;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>One session. Drawn again only when its row, which is immutable, is another one, or its place or selection changed.</summary>
public sealed partial class OnlineTableRow
{
    private (OnlineRow Row, int Index, bool Selected, bool MayLogOut) drawn;

    [Parameter, EditorRequired]
    public required OnlineRow Row { get; set; }

    /// <summary>Its place in the whole list, from 0.</summary>
    [Parameter]
    public int Index { get; set; }

    [Parameter]
    public bool Selected { get; set; }

    [Parameter]
    public bool MayLogOut { get; set; }

    [Parameter]
    public EventCallback<bool> Picked { get; set; }

    [Parameter]
    public EventCallback LogOutClicked { get; set; }

    protected override bool ShouldRender() => !ReferenceEquals(drawn.Row, Row) || drawn.Index != Index || drawn.Selected != Selected || drawn.MayLogOut != MayLogOut;

    protected override void OnAfterRender(bool firstRender) => drawn = (Row, Index, Selected, MayLogOut);

    private static string? Tone(decimal? amount) => amount switch { > 0 => "gain", < 0 => "loss", _ => null };
}
