using Microsoft.AspNetCore.Components.Authorization;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Accounts;

/// <summary>The signed-in person of a page, static or in a circuit. Endpoints use <see cref="ActorClaims.GetActor"/>.</summary>
public sealed class CurrentActor(AuthenticationStateProvider states, IHttpContextAccessor requests)
{
    private string? address;

    /// <summary>The current person. In a circuit a changed role takes effect within <see cref="CircuitRevalidation.Interval"/>.</summary>
    /// <exception cref="ForbiddenException">No person is signed in, or the person has no role.</exception>
    public async ValueTask<Actor> GetAsync()
    {
        var state = await states.GetAuthenticationStateAsync();
        return state.User.ToActor(address ?? requests.HttpContext?.Connection.RemoteIpAddress.ToText());
    }

    /// <summary>A circuit outlives its request: its root component passes the address of the request that started it.</summary>
    internal void CameFrom(string? requestAddress) => address = requestAddress;
}
