using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Accounts.TwoStep;

namespace QuoTrading.Portal.Components.Pages.Account;

/// <summary>Turns two-step sign-in off: from then on the password alone signs in.</summary>
public sealed partial class TwoStepOff
{
    private string? problem;

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
        if (await Service.TurnOffAsync(HttpContext, Form.Password, Form.Code) is TwoStepOutcome.Refused refused) problem = refused.Message;
        else Navigation.NavigateTo("/account");
        Forget();
    }

    // A page never sends a password or a code back to the browser.
    private void Forget() => Form.Password = Form.Code = "";

    public sealed class Input
    {
        [Required(ErrorMessage = "Enter your current password."), StringLength(People.LongestPassword)]
        public string Password { get; set; } = "";

        [Required(ErrorMessage = "Enter a code."), StringLength(40, ErrorMessage = "This is too long to be a code.")]
        public string Code { get; set; } = "";
    }
}
