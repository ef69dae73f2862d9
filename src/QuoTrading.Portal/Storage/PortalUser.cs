using Microsoft.AspNetCore.Identity;

namespace QuoTrading.Portal.Storage;

/// <summary>One of the portal's own people. Customers have none. The one entity that this room knows: Identity's context is made of it.</summary>
public sealed class PortalUser : IdentityUser
{
    /// <summary>UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>UTC; null before the first sign-in.</summary>
    public DateTime? LastSignInAt { get; set; }
}
