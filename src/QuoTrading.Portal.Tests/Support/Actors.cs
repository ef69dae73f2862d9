using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Tests.Support;

/// <summary>One of each role.</summary>
public static class Actors
{
    public static Actor Administrator { get; } = new(ActorKind.Person, "admin@example.com", PortalRole.Administrator, "192.0.2.1");

    public static Actor Support { get; } = new(ActorKind.Person, "support@example.com", PortalRole.Support, "192.0.2.2");

    public static Actor Viewer { get; } = new(ActorKind.Token, "reports", PortalRole.Viewer, "192.0.2.3");
}
