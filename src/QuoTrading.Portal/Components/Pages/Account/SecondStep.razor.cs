using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Accounts.TwoStep;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Components.Pages.Account;

/// <summary>The second step of sign-in, after the password, for accounts with two-step sign-in.</summary>
public sealed partial class SecondStep
{
    internal const string CodePath = "/sign-in/code";

    private const string RecoveryPath = "/sign-in/recovery-code";

    private bool failed;
    private bool allowed;

    [CascadingParameter]
    public required HttpContext HttpContext { get; set; }

    [SupplyParameterFromForm]
    public Input Form { get; set; } = null!;

    [SupplyParameterFromQuery]
    public string? ReturnUrl { get; set; }

    [Inject]
    public required SignInService Service { get; set; }

    [Inject]
    public required NavigationManager Navigation { get; set; }

    private bool IsRecovery => HttpContext.Request.Path.Equals(RecoveryPath, StringComparison.OrdinalIgnoreCase);

    protected override async Task OnInitializedAsync()
    {
        Form ??= new();
        HttpContext.Response.Headers.CacheControl = "no-store";
        allowed = await Service.IsTwoFactorPendingAsync();
        if (!allowed) Navigation.NavigateTo(Link(SignIn.BeginAgainAddress));
    }

    /// <summary>The address of a sign-in page that keeps the return address.</summary>
    internal static string Link(string page, string? returnUrl) =>
        LocalUrl.Or(returnUrl, "/") is var wanted && wanted == "/" ? page : QueryHelpers.AddQueryString(page, "ReturnUrl", wanted);

    private string Link(string page) => Link(page, ReturnUrl);

    private async Task SubmitAsync()
    {
        // The form is only rendered after the first step, but any client can post one.
        if (!allowed) return;
        var kind = IsRecovery ? SecondStepKind.RecoveryCode : SecondStepKind.AppCode;
        var outcome = await Service.SignInAsync(kind, Form.Code, HttpContext.Connection.RemoteIpAddress.ToText());
        Forget();
        failed = outcome != SignInOutcome.SignedIn;
        if (!failed) Navigation.NavigateTo(LocalUrl.Or(ReturnUrl, "/"));
    }

    // A page never sends a code back to the browser.
    private void Forget() => Form.Code = "";

    public sealed class Input
    {
        [Required(ErrorMessage = "Enter the code."), StringLength(40, ErrorMessage = "This is too long to be a code.")]
        public string Code { get; set; } = "";
    }
}
