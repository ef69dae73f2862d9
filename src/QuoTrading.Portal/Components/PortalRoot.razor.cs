using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Components;

public sealed partial class PortalRoot
{
    // Not prerendered: a page would read everything twice, and first show a state that its circuit does not have.
    private static readonly InteractiveServerRenderMode Interactive = new(prerender: false);

    private string theme = "system";

    [CascadingParameter]
    public required HttpContext HttpContext { get; set; }

    // Pages that write cookies are static; they are marked with [ExcludeFromInteractiveRouting].
    private IComponentRenderMode? Mode => HttpContext.AcceptsInteractiveRouting() ? Interactive : null;

    private string? Address => HttpContext.Connection.RemoteIpAddress.ToText();

    // Chosen by the server from a cookie, so that no page flashes in the other theme.
    private string LightMedia => theme switch { "light" => "all", "dark" => "not all", _ => "(prefers-color-scheme: light)" };

    private string DarkMedia => theme switch { "light" => "not all", "dark" => "all", _ => "(prefers-color-scheme: dark)" };

    protected override void OnInitialized() =>
        theme = HttpContext.Request.Cookies["portal.theme"] is "light" or "dark" ? HttpContext.Request.Cookies["portal.theme"]! : "system";
}
