using Microsoft.AspNetCore.Components.Authorization;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Accounts;

/// <summary>Who sits before the page: for static pages and circuits alike. Endpoints take <see cref="ActorClaims.GetActor"/>.</summary>
public sealed class CurrentActor(AuthenticationStateProvider states, IHttpContextAccessor requests)
{
    private string? address;

    /// <summary>The person now. In a circuit a changed role shows within <see cref="CircuitRevalidation.Interval"/>.</summary>
    /// <exception cref="ForbiddenException">Nobody is signed in, or without a role.</exception>
    public async ValueTask<Actor> GetAsync()
    {
        var state = await states.GetAuthenticationStateAsync();
        return state.User.ToActor(address ?? requests.HttpContext?.Connection.RemoteIpAddress.ToText());
    }

    /// <summary>A circuit outlives its request: its root component hands over the address of the request that began it.</summary>
    internal void CameFrom(string? requestAddress) => address = requestAddress;
}
