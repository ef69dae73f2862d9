namespace QuoTrading.Portal.Components.Pages.Account;

/// <summary>
/// After a password was set, the sign-in page says so and fills in the e-mail address. It is passed in a cookie of ten minutes
/// and not in the URL, which servers and browsers log.
/// </summary>
internal static class NewPassword
{
    /// <summary>The sign-in page with the message that the password is set.</summary>
    public const string SignInAddress = "/sign-in?password=set";

    private const string Cookie = "portal.new-password";

    public static void Announce(HttpContext context, string email) => context.Response.Cookies.Append(Cookie, email, new CookieOptions
    {
        Path = "/sign-in",
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
        MaxAge = TimeSpan.FromMinutes(10),
    });

    /// <returns>Null if this browser has not just set a password.</returns>
    public static string? Email(HttpContext context) => context.Request.Cookies[Cookie];

    public static void Forget(HttpContext context) => context.Response.Cookies.Delete(Cookie, new CookieOptions { Path = "/sign-in" });
}
