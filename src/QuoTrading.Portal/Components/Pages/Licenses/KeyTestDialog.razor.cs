using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.Sessions.Live;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>Tests which answer a client would get; changes nothing.</summary>
public sealed partial class KeyTestDialog
{
    private static readonly ActionWords NotAsked =
        new("You may not test keys", Unavailable: "The database does not answer", Detail: "Clients are told to come back in a few seconds, too.");

    private readonly PageAction action = new();
    private string key = "";
    private string device = "";
    private string address = "";
    private string symbol = "";
    private string? problem;
    private KeyTest? test;

    /// <summary>The license to test; null if its key is typed.</summary>
    [Parameter]
    public long? LicenseId { get; set; }

    /// <summary>Fingerprints to choose from.</summary>
    [Parameter]
    public IReadOnlyList<string> Devices { get; set; } = [];

    /// <summary>Always false: a test changes nothing.</summary>
    [Parameter]
    public EventCallback<bool> Closed { get; set; }

    [Inject]
    public required IKeyTester Tester { get; set; }

    [Inject]
    public required CurrentActor Who { get; set; }

    [Inject]
    public required Notices Notices { get; set; }

    private async Task AskAsync()
    {
        if (action.IsBusy) return;
        problem = LicenseId is null && string.IsNullOrWhiteSpace(key) ? "Enter the key as the customer has it." : null;
        if (problem is not null) return;
        var question = new KeyQuestion(LicenseId is null ? key : null, LicenseId, device, address, symbol);
        await action.RunAsync(async () => test = await Tester.TestAsync(await Who.GetAsync(), question), NotAsked, Notices);
    }
}
