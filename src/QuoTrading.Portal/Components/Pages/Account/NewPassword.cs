namespace QuoTrading.Portal.Components.Pages.Account;

/// <summary>
/// Between choosing a password and signing in with it: the sign-in page says that the password is set, and knows the address. Who it is
/// goes in a cookie of some minutes and not in the address, which servers and browsers keep.
/// </summary>
internal static class NewPassword
{
    /// <summary>The sign-in page, where it is to say that the password is set.</summary>
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

    /// <returns>Null where nobody has just set a password.</returns>
    public static string? Email(HttpContext context) => context.Request.Cookies[Cookie];

    public static void Forget(HttpContext context) => context.Response.Cookies.Delete(Cookie, new CookieOptions { Path = "/sign-in" });
}
