using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Components.Pages.Account;

public sealed partial class Setup
{
    private readonly PageAction action = new();
    private bool allowed;

    [CascadingParameter]
    public required HttpContext HttpContext { get; set; }

    [SupplyParameterFromForm]
    public Input Form { get; set; } = null!;

    [SupplyParameterFromQuery]
    public string? Code { get; set; }

    [Inject]
    public required SetupCode Expected { get; set; }

    [Inject]
    public required People People { get; set; }

    [Inject]
    public required SignInService Service { get; set; }

    [Inject]
    public required NavigationManager Navigation { get; set; }

    protected override async Task OnInitializedAsync()
    {
        Form ??= new();
        HttpContext.Response.Headers.CacheControl = "no-store";
        if (await People.AnyAdministratorAsync(HttpContext.RequestAborted))
        {
            Navigation.NavigateTo("/sign-in");
            return;
        }

        allowed = Expected.Matches(Code);
        if (!allowed) HttpContext.Response.StatusCode = StatusCodes.Status403Forbidden;
    }

    private async Task SubmitAsync()
    {
        // The form is only rendered for the right code, but any client can post one.
        if (!allowed) return;
        var address = HttpContext.Connection.RemoteIpAddress.ToText();
        try
        {
            await action.RunAsync(async () =>
            {
                switch (await People.CreateFirstAdministratorAsync(Form.Email, Form.Password, address))
                {
                    case PersonCreation.Created created:
                        await Service.SignInAsync(created.UserId, address);
                        Navigation.NavigateTo("/");
                        break;
                    case PersonCreation.Refused refused:
                        action.Problem = refused.Message;
                        break;
                    default:
                        Navigation.NavigateTo("/sign-in");
                        break;
                }
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
        [Required(ErrorMessage = "Enter your e-mail address."), StringLength(254)]
        public string Email { get; set; } = "";

        [Required(ErrorMessage = "Choose a password."), StringLength(People.LongestPassword)]
        public string Password { get; set; } = "";

        [Compare(nameof(Password), ErrorMessage = "The two passwords are not the same.")]
        public string Again { get; set; } = "";
    }
}
