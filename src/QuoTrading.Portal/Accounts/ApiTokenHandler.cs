using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Accounts;

/// <summary><c>Authorization: Bearer qtp_…</c>. A refused request gets problem details with a <c>code</c>, never a redirect.</summary>
internal sealed class ApiTokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder, ApiTokens tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    public new const string Scheme = "ApiToken";

    private const string Bearer = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) return AuthenticateResult.NoResult();
        var address = Context.Connection.RemoteIpAddress.ToText();
        if (await tokens.FindAsync(header[Bearer.Length..].Trim(), address, Context.RequestAborted) is not { } actor)
            return AuthenticateResult.Fail("No such token.");

        var identity = new ClaimsIdentity(
            [new(ClaimTypes.Name, actor.Name), new(ClaimTypes.Role, actor.Role.ToString()), new(ActorClaims.Kind, actor.Kind.ToString())], Scheme);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
        return Request.Headers.ContainsKey(HeaderNames.Authorization)
            ? AnswerAsync(StatusCodes.Status401Unauthorized, "token_invalid", "This token is unknown, expired or revoked.")
            : AnswerAsync(StatusCodes.Status401Unauthorized, "token_missing", "Send a token made in the portal: Authorization: Bearer qtp_…");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        AnswerAsync(StatusCodes.Status403Forbidden, "forbidden", "The role of this token does not allow it.");

    private Task AnswerAsync(int status, string code, string detail) =>
        Results.Problem(detail, statusCode: status, extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = code }).ExecuteAsync(Context);
}
