using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Accounts;

/// <summary>One account of the portal, as listed.</summary>
/// <param name="IsInvited">There is no password yet: the link has not been used.</param>
/// <param name="HasTwoStep">The password alone is not enough to sign in.</param>
/// <param name="LastSignInAt">UTC; null before the first sign-in.</param>
public sealed record PersonItem(string Id, string Email, PortalRole Role, bool IsDisabled, bool IsInvited, bool HasTwoStep, DateTime CreatedAt, DateTime? LastSignInAt);

/// <summary>The result of a change of an account.</summary>
public abstract record PersonOutcome
{
    private PersonOutcome()
    {
    }

    /// <param name="Link">
    /// If a link was made: the path and query of the page that sets a password. Works once, for <see cref="PeopleService.LinkDays"/> days.
    /// </param>
    public sealed record Done(string? Link = null) : PersonOutcome;

    /// <param name="Message">One sentence, for display.</param>
    public sealed record Refused(string Message) : PersonOutcome;
}
