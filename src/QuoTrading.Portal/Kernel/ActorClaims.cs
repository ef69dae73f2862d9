using System.Security.Claims;

namespace QuoTrading.Portal.Kernel;

/// <summary>From a signed-in principal to an actor.</summary>
internal static class ActorClaims
{
    internal const string Kind = "quotrading:actor";

    /// <summary>Who sent this request. For endpoints behind one of the <c>Policies</c>.</summary>
    /// <exception cref="ForbiddenException">Nobody is signed in, or without a role.</exception>
    public static Actor GetActor(this HttpContext context) => context.User.ToActor(context.Connection.RemoteIpAddress.ToText());

    /// <param name="address">Where the request came from.</param>
    /// <exception cref="ForbiddenException">Nobody is signed in, or without a role.</exception>
    public static Actor ToActor(this ClaimsPrincipal principal, string? address)
    {
        if (principal.Identity is not { IsAuthenticated: true, Name: { Length: > 0 } name } || principal.GetRole() is not { } role)
            throw new ForbiddenException(PortalRole.Viewer);
        var kind = Enum.TryParse<ActorKind>(principal.FindFirstValue(Kind), out var named) ? named : ActorKind.Person;
        return new Actor(kind, name, role, address);
    }

    /// <summary>The highest role; null without any.</summary>
    public static PortalRole? GetRole(this ClaimsPrincipal principal)
    {
        PortalRole? highest = null;
        foreach (var role in Enum.GetValues<PortalRole>())
            if (principal.IsInRole(role.ToString())) highest = role;
        return highest;
    }

    /// <summary>An IPv4 address that came through an IPv6 socket reads as IPv4.</summary>
    internal static string? ToText(this System.Net.IPAddress? address) =>
        address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4().ToString() : address?.ToString();
}
