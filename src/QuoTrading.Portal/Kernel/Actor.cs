namespace QuoTrading.Portal.Kernel;

/// <summary>
/// The originator of a request. Every service that changes something takes one and checks its role: hiding a button protects nothing.
/// </summary>
/// <param name="Kind">A person, a token, or the command line.</param>
/// <param name="Name">The name in the audit log.</param>
/// <param name="Role">The highest role that it may use.</param>
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

/// <summary>In ascending order of permissions; stored by name.</summary>
public enum PortalRole
{
    /// <summary>May read.</summary>
    Viewer = 1,

    /// <summary>May also log out sessions, and extend and suspend licenses.</summary>
    Support = 2,

    /// <summary>May do everything.</summary>
    Administrator = 3,
}

/// <summary>The actor's role does not allow the action. The message may be shown to the actor.</summary>
public sealed class ForbiddenException(PortalRole needed) : Exception($"This needs the role {needed}.")
{
    public PortalRole Needed { get; } = needed;
}
