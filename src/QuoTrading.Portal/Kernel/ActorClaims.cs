using System.Security.Claims;

namespace QuoTrading.Portal.Kernel;

/// <summary>Converts a signed-in principal to an actor.</summary>
internal static class ActorClaims
{
    internal const string Kind = "quotrading:actor";

    /// <summary>The actor of this request. For endpoints that require one of the <c>Policies</c>.</summary>
    /// <exception cref="ForbiddenException">The request is not signed in, or has no role.</exception>
    public static Actor GetActor(this HttpContext context) => context.User.ToActor(context.Connection.RemoteIpAddress.ToText());

    /// <param name="address">Where the request came from.</param>
    /// <exception cref="ForbiddenException">The principal is not signed in, or has no role.</exception>
    public static Actor ToActor(this ClaimsPrincipal principal, string? address)
    {
        if (principal.Identity is not { IsAuthenticated: true, Name: { Length: > 0 } name } || principal.GetRole() is not { } role)
            throw new ForbiddenException(PortalRole.Viewer);
        var kind = Enum.TryParse<ActorKind>(principal.FindFirstValue(Kind), out var named) ? named : ActorKind.Person;
        return new Actor(kind, name, role, address);
    }

    /// <summary>The highest role of the principal; null if it has none.</summary>
    public static PortalRole? GetRole(this ClaimsPrincipal principal)
    {
        PortalRole? highest = null;
        foreach (var role in Enum.GetValues<PortalRole>())
            if (principal.IsInRole(role.ToString())) highest = role;
        return highest;
    }

    /// <summary>Formats an address. An IPv4 address from an IPv6 socket is formatted as IPv4.</summary>
    internal static string? ToText(this System.Net.IPAddress? address) =>
        address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4().ToString() : address?.ToString();
}
