namespace QuoTrading.Portal.Components.Pages.Account;

/// <summary>Checks the address to go to after sign-in: a crafted link must not lead to another site.</summary>
internal static class LocalUrl
{
    /// <returns>
    /// <paramref name="url"/> if it is a path of this site in ASCII, which the Location header requires; else <paramref name="otherwise"/>.
    /// </returns>
    public static string Or(string? url, string otherwise) =>
        url is ['/', ..] and not ['/', '/' or '\\', ..] && !url.Any(c => !char.IsAscii(c) || char.IsControl(c) || c == '\\') ? url : otherwise;
}
