using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Components.Pages.Team;

internal enum PersonAction
{
    Role,
    Reset,
    ResetTwoStep,
    SignOut,
    Disable,
    Enable,
}

/// <summary>An action on a person that must be confirmed, with the texts of the dialog.</summary>
internal sealed record PersonConfirmation(PersonAction Action, PersonItem Person, PortalRole Role)
{
    public string Title => Action switch
    {
        PersonAction.Role => $"Make {Person.Email} {Article}?",
        PersonAction.Reset => Person.IsInvited ? $"A new link for {Person.Email}?" : $"Reset the password of {Person.Email}?",
        PersonAction.ResetTwoStep => $"Reset the two-step sign-in of {Person.Email}?",
        PersonAction.SignOut => $"Sign {Person.Email} out everywhere?",
        PersonAction.Disable => $"Disable {Person.Email}?",
        _ => $"Enable {Person.Email}?",
    };

    public string Consequence => Action switch
    {
        PersonAction.Role when Role == PortalRole.Administrator => "They may then do everything, also let others in and take your role away. They are signed out and sign in again.",
        PersonAction.Role => "They are signed out, within a minute, and sign in again with the new role.",
        PersonAction.Reset when Person.IsInvited => "The link that they have stops working.",
        PersonAction.Reset => "Their password stops working, they are signed out within a minute, and you get a link with which they choose a new one.",
        PersonAction.ResetTwoStep => "Until they set it up anew, their password alone signs in. Their app and their recovery codes stop working, and they are signed out within a minute.",
        PersonAction.SignOut => "Every browser of theirs is signed out within a minute. They can sign in again.",
        PersonAction.Disable => "They are signed out within a minute and cannot sign in until somebody enables the account again.",
        _ => "They can sign in again with the password they had.",
    };

    public string Button => Action switch
    {
        PersonAction.Role => $"Make them {Article}",
        PersonAction.Reset => Person.IsInvited ? "Make a new link" : "Reset the password",
        PersonAction.ResetTwoStep => "Let the password alone sign in",
        PersonAction.SignOut => "Sign out everywhere",
        PersonAction.Disable => "Disable the account",
        _ => "Enable the account",
    };

    public bool Harms => Action is PersonAction.Disable or PersonAction.Reset or PersonAction.ResetTwoStep or PersonAction.SignOut;

    private string Article => Role switch { PortalRole.Administrator => "an Administrator", PortalRole.Support => "Support", _ => "a Viewer" };
}
