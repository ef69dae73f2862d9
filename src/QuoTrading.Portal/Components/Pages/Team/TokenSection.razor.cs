using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Components.Pages.Team;

/// <summary>The API tokens, which scripts use.</summary>
public sealed partial class TokenSection
{
    private readonly PageAction action = new();
    private IReadOnlyList<ApiToken>? tokens;
    private ApiToken? revoking;
    private string name = "";
    private PortalRole role = PortalRole.Viewer;
    private int days = 90;
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
        action.Problem = null;
        name = "";
    }

    private Task CreateAsync() => action.RunAsync(async () =>
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
                action.Problem = refused.Message;
                break;
        }
    }, ActionWords.OfPeople);

    private async Task RevokeAsync()
    {
        if (revoking is not { } doomed) return;
        await action.RunAsync(async () =>
        {
            var actor = await Who.GetAsync();
            await Tokens.RevokeAsync(actor, doomed.Name);
            revoking = null;
            tokens = await Tokens.ListAsync(actor);
            Notices.Done($"Revoked {doomed.Name}", "Scripts that use it are refused from now on.");
        }, PeoplePage.MayNot, Notices);
    }
}
