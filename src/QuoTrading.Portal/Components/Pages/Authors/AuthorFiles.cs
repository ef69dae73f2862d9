using System.Net.Mime;
using QuoTrading.Portal.Accounts;

namespace QuoTrading.Portal.Components.Pages.Authors;

/// <summary>
/// What authors of bots take: <c>GET /authors/quotrading_license.py</c>, as it was when this version was built, and the packages of the
/// C# client that lie in the program's folder. For signed-in people.
/// </summary>
internal static class AuthorFiles
{
    public const string Path = "/authors";

    /// <summary>The client for Python, one file.</summary>
    public const string Python = "quotrading_license.py";

    /// <summary>Where packages are looked for.</summary>
    public static string PackageFolder { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "clients");

    public static void Map(IEndpointRouteBuilder app)
    {
        var files = app.MapGroup(Path).RequireAuthorization(Policies.Viewer);
        files.MapGet($"/{Python}", context => SendAsync(context, Python, "text/x-python; charset=utf-8", Embedded(Python)));
        files.MapGet("/packages/{name}", SendPackageAsync);
    }

    /// <summary>The names of the packages that are there, the newest last as far as names tell.</summary>
    public static IReadOnlyList<string> Packages() => Directory.Exists(PackageFolder)
        ? [.. new DirectoryInfo(PackageFolder).EnumerateFiles("*.nupkg").Select(file => file.Name).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Where a package is to be had.</summary>
    public static string AddressOf(string package) => $"{Path}/packages/{Uri.EscapeDataString(package)}";

    /// <summary>A file of the repository that is built into the program.</summary>
    public static Stream Embedded(string name) => typeof(AuthorFiles).Assembly.GetManifestResourceStream($"authors/{name}")
        ?? throw new InvalidOperationException($"{name} was not built in.");

    private static Task SendPackageAsync(HttpContext context, string name)
    {
        // Only what is listed: no name leads out of the folder.
        if (Packages().Contains(name, StringComparer.Ordinal))
            return SendAsync(context, name, MediaTypeNames.Application.Octet, File.OpenRead(System.IO.Path.Combine(PackageFolder, name)));
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static async Task SendAsync(HttpContext context, string name, string type, Stream content)
    {
        await using (content)
        {
            var response = context.Response;
            response.ContentType = type;
            response.ContentLength = content.Length;
            response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
            // Another version of the portal has other files.
            response.Headers.CacheControl = "no-store";
            await content.CopyToAsync(response.Body, context.RequestAborted);
        }
    }
}
