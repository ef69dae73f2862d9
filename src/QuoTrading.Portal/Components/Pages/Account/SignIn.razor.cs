using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Components.Pages.Account;

public sealed partial class SignIn
{
    /// <summary>This page with the message that the second step came too late.</summary>
    internal const string BeginAgainAddress = "/sign-in?begin=again";

    private bool failed;
    private bool nobodyYet;
    private bool passwordIsSet;

    [CascadingParameter]
    public required HttpContext HttpContext { get; set; }

    [SupplyParameterFromForm]
    public Input Form { get; set; } = null!;

    [SupplyParameterFromQuery]
    public string? ReturnUrl { get; set; }

    [SupplyParameterFromQuery(Name = "password")]
    public string? PasswordWord { get; set; }

    [SupplyParameterFromQuery]
    public string? Begin { get; set; }

    [Inject]
    public required SignInService Service { get; set; }

    [Inject]
    public required People People { get; set; }

    [Inject]
    public required NavigationManager Navigation { get; set; }

    protected override async Task OnInitializedAsync()
    {
        Form ??= new();
        if (HttpContext.User.GetRole() is not null && HttpMethods.IsGet(HttpContext.Request.Method))
        {
            Navigation.NavigateTo(LocalUrl.Or(ReturnUrl, "/"));
            return;
        }

        // Only on GET: a posted form keeps what was typed.
        if (HttpMethods.IsGet(HttpContext.Request.Method) && PasswordWord == "set" && NewPassword.Email(HttpContext) is { } email)
        {
            passwordIsSet = true;
            Form.Email = email;
        }

        nobodyYet = !await People.AnyAdministratorAsync(HttpContext.RequestAborted);
    }

    private async Task SubmitAsync()
    {
        var outcome = await Service.SignInAsync(Form.Email, Form.Password, HttpContext.Connection.RemoteIpAddress.ToText());
        Form.Password = "";
        failed = outcome == SignInOutcome.Refused;
        if (failed) return;
        NewPassword.Forget(HttpContext);
        Navigation.NavigateTo(outcome == SignInOutcome.NeedsCode ? SecondStep.Link(SecondStep.CodePath, ReturnUrl) : LocalUrl.Or(ReturnUrl, "/"));
    }

    public sealed class Input
    {
        [Required(ErrorMessage = "Enter your e-mail address."), StringLength(254)]
        public string Email { get; set; } = "";

        [Required(ErrorMessage = "Enter your password."), StringLength(People.LongestPassword)]
        public string Password { get; set; } = "";
    }
}
