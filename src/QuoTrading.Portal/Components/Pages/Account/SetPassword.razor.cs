using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Components.Pages.Account;

/// <summary>The page of an invitation or password link.</summary>
public sealed partial class SetPassword
{
    private readonly PageAction action = new();
    private string? email;

    [CascadingParameter]
    public required HttpContext HttpContext { get; set; }

    [SupplyParameterFromForm]
    public Input Form { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "user")]
    public string? UserId { get; set; }

    [SupplyParameterFromQuery]
    public string? Code { get; set; }

    [Inject]
    public required PeopleService Service { get; set; }

    [Inject]
    public required NavigationManager Navigation { get; set; }

    protected override async Task OnInitializedAsync()
    {
        Form ??= new();
        HttpContext.Response.Headers.CacheControl = "no-store";
        email = await Service.FindByLinkAsync(UserId, Code);
        if (email is null) HttpContext.Response.StatusCode = StatusCodes.Status403Forbidden;
    }

    private async Task SubmitAsync()
    {
        // The form is only rendered for a valid link, but any client can post one.
        if (email is null) return;
        try
        {
            await action.RunAsync(async () =>
            {
                action.Problem = await Service.SetPasswordAsync(UserId, Code, Form.Password, HttpContext.Connection.RemoteIpAddress.ToText());
                if (action.Problem is not null) return;
                NewPassword.Announce(HttpContext, email);
                Navigation.NavigateTo(NewPassword.SignInAddress);
            }, ActionWords.OfPeople);
        }
        finally
        {
            Forget();
        }
    }

    // A page never sends a password back to the browser.
    private void Forget() => Form.Password = Form.Again = "";

    public sealed class Input
    {
        [Required(ErrorMessage = "Choose a password."), StringLength(People.LongestPassword)]
        public string Password { get; set; } = "";

        [Compare(nameof(Password), ErrorMessage = "The two passwords are not the same.")]
        public string Again { get; set; } = "";
    }
}
