using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Components.Pages.Team;

/// <summary>The tokens of administrators' scripts.</summary>
public sealed partial class TokenSection
{
    private IReadOnlyList<ApiToken>? tokens;
    private ApiToken? revoking;
    private string name = "";
    private PortalRole role = PortalRole.Viewer;
    private int days = 90;
    private string? problem;
    private string? made;
    private bool making;

    [Inject]
    public required ApiTokens Tokens { get; set; }

    [Inject]
    public required CurrentActor Who { get; set; }

    [Inject]
    public required Notices Notices { get; set; }

    [Inject]
    public required TimeProvider Time { get; set; }

    protected override async Task OnInitializedAsync() => tokens = await Tokens.ListAsync(await Who.GetAsync());

    private void Close()
    {
        making = false;
        problem = null;
        name = "";
    }

    private async Task CreateAsync()
    {
        try
        {
            var actor = await Who.GetAsync();
            DateTime? expiry = days == 0 ? null : Time.GetUtcNow().UtcDateTime.AddDays(days);
            switch (await Tokens.CreateAsync(actor, name, role, expiry))
            {
                case TokenCreation.Created created:
                    Close();
                    made = created.Token;
                    tokens = await Tokens.ListAsync(actor);
                    break;
                case TokenCreation.Refused refused:
                    problem = refused.Message;
                    break;
            }
        }
        catch (StoreUnavailableException)
        {
            problem = "The database cannot be written now. Nothing was changed; try again in a moment.";
        }
    }

    private async Task RevokeAsync()
    {
        if (revoking is not { } doomed) return;
        try
        {
            var actor = await Who.GetAsync();
            await Tokens.RevokeAsync(actor, doomed.Name);
            revoking = null;
            tokens = await Tokens.ListAsync(actor);
            Notices.Done($"Revoked {doomed.Name}", "Scripts that use it are refused from now on.");
        }
        catch (StoreUnavailableException)
        {
            Notices.StoreUnavailable();
        }
    }
}
