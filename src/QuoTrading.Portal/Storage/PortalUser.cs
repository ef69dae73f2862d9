using Microsoft.AspNetCore.Identity;

namespace QuoTrading.Portal.Storage;

/// <summary>
/// An account of a person who works with the portal; customers have none. The only entity of this room, because Identity's context
/// needs its type.
/// </summary>
public sealed class PortalUser : IdentityUser
{
    /// <summary>UTC.</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>UTC; null before the first sign-in.</summary>
    public DateTime? LastSignInAt { get; set; }
}
