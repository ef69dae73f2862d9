using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Accounts.TwoStep;

namespace QuoTrading.Portal.Components.Pages.Account;

/// <summary>Makes new recovery codes and shows them once; the previous ones stop working.</summary>
public sealed partial class RecoveryCodes
{
    private string? problem;
    private IReadOnlyList<string>? codes;

    [CascadingParameter]
    public required HttpContext HttpContext { get; set; }

    [SupplyParameterFromForm]
    public Input Form { get; set; } = null!;

    [Inject]
    public required TwoStepService Service { get; set; }

    [Inject]
    public required NavigationManager Navigation { get; set; }

    protected override async Task OnInitializedAsync()
    {
        Form ??= new();
        HttpContext.Response.Headers.CacheControl = "no-store";
        if (!(await Service.ReadAsync(HttpContext.User)).IsOn) Navigation.NavigateTo("/account");
    }

    private async Task SubmitAsync()
    {
        switch (await Service.MakeCodesAsync(HttpContext, Form.Password))
        {
            case TwoStepOutcome.Done done:
                codes = done.Codes;
                break;
            case TwoStepOutcome.Refused refused:
                problem = refused.Message;
                break;
        }

        Forget();
    }

    // A page never sends a password back to the browser.
    private void Forget() => Form.Password = "";

    public sealed class Input
    {
        [Required(ErrorMessage = "Enter your current password."), StringLength(People.LongestPassword)]
        public string Password { get; set; } = "";
    }
}
