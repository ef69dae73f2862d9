namespace QuoTrading.Portal.Components.Pages.Account;

/// <summary>Where to go after signing in: a link from elsewhere must not lead there.</summary>
internal static class LocalUrl
{
    /// <returns><paramref name="url"/> if it is a path of this site, in ASCII as a header wants it, else <paramref name="otherwise"/>.</returns>
    public static string Or(string? url, string otherwise) =>
        url is ['/', ..] and not ['/', '/' or '\\', ..] && !url.Any(c => !char.IsAscii(c) || char.IsControl(c) || c == '\\') ? url : otherwise;
}
