using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Sessions;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>Everything known of one live session. Follows it while it is open.</summary>
public sealed partial class OnlineDrawer
{
    private LiveSession? session;
    private IReadOnlyList<(string Name, string Value)> metadata = [];

    [Parameter, EditorRequired]
    public required Guid SessionId { get; set; }

    /// <summary>As it is now; null once it has ended.</summary>
    [Parameter]
    public OnlineRow? Row { get; set; }

    /// <summary>What else is live of the same license.</summary>
    [Parameter]
    public IReadOnlyList<OnlineRow> Mates { get; set; } = [];

    [Parameter]
    public bool MayLogOut { get; set; }

    [Parameter]
    public EventCallback Closed { get; set; }

    [Parameter]
    public EventCallback<Guid> OpenClicked { get; set; }

    [Parameter]
    public EventCallback<IReadOnlyList<Guid>> LogOutClicked { get; set; }

    [Inject]
    public required IOnlineBoard Board { get; set; }

    protected override void OnParametersSet()
    {
        session = Board.Find(SessionId);
        metadata = MetadataText.Pairs(session?.Metadata);
    }
}
