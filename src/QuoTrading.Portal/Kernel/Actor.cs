namespace QuoTrading.Portal.Kernel;

/// <summary>Who asks. Every service that changes something takes one, and checks its role: hiding a button guards nothing.</summary>
/// <param name="Kind">A person, a token, the command line, or the portal itself.</param>
/// <param name="Name">As the audit log names it.</param>
/// <param name="Role">The most it may do.</param>
/// <param name="Address">Where the request came from; null at the command line.</param>
public sealed record Actor(ActorKind Kind, string Name, PortalRole Role, string? Address = null)
{
    public static Actor CommandLine { get; } = new(ActorKind.CommandLine, $"{Environment.UserName} (command line)", PortalRole.Administrator);

    /// <exception cref="ForbiddenException">The actor's role is lower than <paramref name="role"/>.</exception>
    public void Require(PortalRole role)
    {
        if (Role < role) throw new ForbiddenException(role);
    }
}

/// <summary>Stored by name.</summary>
public enum ActorKind
{
    Person,
    Token,
    CommandLine,
}

/// <summary>In order of what they may do; stored by name.</summary>
public enum PortalRole
{
    /// <summary>Sees.</summary>
    Viewer = 1,

    /// <summary>Also logs out, extends and suspends.</summary>
    Support = 2,

    /// <summary>Everything.</summary>
    Administrator = 3,
}

/// <summary>The actor's role does not allow it. The message is fit for the actor's eyes.</summary>
public sealed class ForbiddenException(PortalRole needed) : Exception($"This needs the role {needed}.")
{
    public PortalRole Needed { get; } = needed;
}
