using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Accounts.TwoStep;

namespace QuoTrading.Portal.Components.Pages.Account;

/// <summary>Shows a key for an authenticator app. It is stored only after a code from the app was confirmed.</summary>
public sealed partial class TwoStepOn
{
    private TwoStepOffer? offer;
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
        if ((await Service.ReadAsync(HttpContext.User)).IsOn) Navigation.NavigateTo("/account");
        else offer = await Service.OfferAsync(HttpContext.User, Form.SealedKey);
    }

    private async Task SubmitAsync()
    {
        if (offer is null) return;
        switch (await Service.TurnOnAsync(HttpContext, Form.SealedKey, Form.Password, Form.Code))
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

    // A page never sends a password or a code back to the browser.
    private void Forget() => Form.Password = Form.Code = "";

    public sealed class Input
    {
        public string? SealedKey { get; set; }

        [Required(ErrorMessage = "Enter your current password."), StringLength(People.LongestPassword)]
        public string Password { get; set; } = "";

        [Required(ErrorMessage = "Enter the code that the app shows."), StringLength(40, ErrorMessage = "This is too long to be a code.")]
        public string Code { get; set; } = "";
    }
}
