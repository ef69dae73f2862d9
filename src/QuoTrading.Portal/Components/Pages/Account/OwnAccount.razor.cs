using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Components;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Accounts.TwoStep;

namespace QuoTrading.Portal.Components.Pages.Account;

public sealed partial class OwnAccount
{
    private string? problem;
    private bool done;
    private TwoStepState? twoStep;

    [CascadingParameter]
    public required HttpContext HttpContext { get; set; }

    [SupplyParameterFromForm]
    public Input Form { get; set; } = null!;

    [Inject]
    public required SignInService Service { get; set; }

    [Inject]
    public required TwoStepService TwoStep { get; set; }

    private string CodesLeft => twoStep?.CodesLeft switch
    {
        0 => "You have no recovery code left.",
        1 => "You have 1 recovery code left.",
        var left => $"You have {left} recovery codes left.",
    };

    protected override async Task OnInitializedAsync()
    {
        Form ??= new();
        twoStep = await TwoStep.ReadAsync(HttpContext.User);
    }

    private async Task SubmitAsync()
    {
        problem = await Service.ChangePasswordAsync(HttpContext, Form.Current, Form.Wanted);
        done = problem is null;
        Forget();
    }

    // A page never sends a password back to the browser.
    private void Forget() => Form.Current = Form.Wanted = Form.Again = "";

    public sealed class Input
    {
        [Required(ErrorMessage = "Enter your current password."), StringLength(People.LongestPassword)]
        public string Current { get; set; } = "";

        [Required(ErrorMessage = "Choose a new password."), StringLength(People.LongestPassword)]
        public string Wanted { get; set; } = "";

        [Compare(nameof(Wanted), ErrorMessage = "The two passwords are not the same.")]
        public string Again { get; set; } = "";
    }
}
