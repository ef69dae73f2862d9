using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Accounts;

/// <summary>One of the portal's own people, as the list shows him.</summary>
/// <param name="IsInvited">He has no password yet: his link waits.</param>
/// <param name="HasTwoStep">His password alone does not sign in.</param>
/// <param name="LastSignInAt">UTC; null before the first.</param>
public sealed record PersonItem(string Id, string Email, PortalRole Role, bool IsDisabled, bool IsInvited, bool HasTwoStep, DateTime CreatedAt, DateTime? LastSignInAt);

/// <summary>What became of a change of a person.</summary>
public abstract record PersonOutcome
{
    private PersonOutcome()
    {
    }

    /// <param name="Link">Where one was made: the path and query of the page that sets a password. Works once, for <see cref="PeopleService.LinkDays"/> days.</param>
    public sealed record Done(string? Link = null) : PersonOutcome;

    /// <param name="Message">One sentence, fit for people.</param>
    public sealed record Refused(string Message) : PersonOutcome;
}
