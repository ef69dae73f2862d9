using System.Text;

namespace QuoTrading.Portal.Api.Http;

/// <summary>
/// Repeated slashes in a path count as one: some users end the server's address with a slash, and the client adds its own.
/// </summary>
internal static class SlashNormalizer
{
    /// <summary>Must run before the routing.</summary>
    public static Task ApplyAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.Value is { } path && path.Contains("//", StringComparison.Ordinal)) context.Request.Path = new PathString(Of(path));
        return next(context);
    }

    internal static string Of(string path)
    {
        var one = new StringBuilder(path.Length);
        foreach (var character in path)
            if (character != '/' || one.Length == 0 || one[^1] != '/') one.Append(character);
        return one.ToString();
    }
}
