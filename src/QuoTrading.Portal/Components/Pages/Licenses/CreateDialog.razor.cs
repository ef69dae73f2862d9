using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>Creates a license, and shows its key once.</summary>
public sealed partial class CreateDialog
{
    private static readonly int[] Presets = [7, 30, 90, 365];
    private static readonly string[] Suggested = [LicenseRules.DefaultPlan, "ANNUAL", "LIFETIME"];

    private readonly PageAction action = new();
    private FieldErrors errors = FieldErrors.None;
    private IssuedLicense? made;
    private string email = "";
    private string name = "";
    private string plan = LicenseRules.DefaultPlan;
    private int? seats = 1;
    private int? days = 30;
    private DateOnly? until;
    private bool lifetime;
    private string note = "";

    /// <summary>Plans that existing licenses have.</summary>
    [Parameter]
    public IReadOnlyList<string> Plans { get; set; } = [];

    /// <summary>True if a license was created.</summary>
    [Parameter]
    public EventCallback<bool> Closed { get; set; }

    [Inject]
    public required LicenseIssuer Issuer { get; set; }

    [Inject]
    public required CurrentActor Who { get; set; }

    [Inject]
    public required Notices Notices { get; set; }

    private async Task CreateAsync()
    {
        if (action.IsBusy) return;
        LicenseTerm? term = lifetime ? new LicenseTerm.Lifetime() : days is { } count ? new LicenseTerm.Days(count) : until is { } day ? new LicenseTerm.Until(LicenseFormat.EndOf(day)) : null;
        if (term is null)
        {
            errors = new([new("expires_at", "Choose how long the license is good.")]);
            return;
        }

        await action.RunAsync(async () =>
        {
            var outcome = await Issuer.IssueAsync(await Who.GetAsync(), new LicenseOrder(email, term, plan, seats ?? 0, Note: note, CustomerName: name));
            switch (outcome)
            {
                case IssueOutcome.Issued issued:
                    made = issued.Licenses[0];
                    break;
                case IssueOutcome.Invalid invalid:
                    errors = new(invalid.Errors);
                    break;
            }
        }, new("You may not make licenses"), Notices);
    }
}
