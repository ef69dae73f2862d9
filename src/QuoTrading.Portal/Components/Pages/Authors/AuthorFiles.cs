using System.Net.Mime;
using QuoTrading.Portal.Accounts;

namespace QuoTrading.Portal.Components.Pages.Authors;

/// <summary>
/// What authors of bots take: the clients' files and examples as they were when this version was built (<c>GET /authors/quotrading_license.py</c>),
/// and the packages that lie in the program's folder. For signed-in people.
/// </summary>
internal static class AuthorFiles
{
    public const string Path = "/authors";

    /// <summary>Files of the repository that are built into the program.</summary>
    public static IReadOnlyList<AuthorFile> Clients { get; } =
    [
        new("clients/python/quotrading_license.py", "the client for Python 3.9 and newer, one file"),
        new("clients/python/quotrading_license_testing.py", "plays a portal, for your own tests in Python"),
    ];

    /// <inheritdoc cref="Clients"/>
    public static IReadOnlyList<AuthorFile> Examples { get; } =
    [
        new("clients/python/examples/bot.py", "a bot, with exit codes"),
        new("clients/python/examples/bot_asyncio.py", "a bot on asyncio"),
        new("clients/python/examples/bot_symbols.py", "one bot for several symbols"),
        new("clients/python/examples/launcher.py", "a launcher that hands its session over to the bot"),
        new("clients/python/examples/launcher_tk.py", "a launcher with a window that never freezes"),
        new("clients/python/examples/heartbeats_only.py", "the least, for languages without streams"),
        new("clients/csharp/examples/Console/ConsoleBot.cs", "a bot in C#, with exit codes"),
        new("clients/csharp/examples/Window/LauncherWindow.cs", "a launcher's window in C#: WPF, Windows Forms"),
    ];

    /// <summary>Both of them.</summary>
    public static IReadOnlyList<AuthorFile> All { get; } = [.. Clients, .. Examples];

    private static readonly string[] PackageKinds = ["*.nupkg", "*.whl"];

    /// <summary>Where packages are looked for.</summary>
    public static string PackageFolder { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "clients");

    public static void Map(IEndpointRouteBuilder app)
    {
        var files = app.MapGroup(Path).RequireAuthorization(Policies.Viewer);
        foreach (var file in All)
            files.MapGet($"/{file.Name}", context => SendAsync(context, file.Name, MediaTypeNames.Text.Plain + "; charset=utf-8", Embedded(file.Name)));
        files.MapGet("/packages/{name}", SendPackageAsync);
    }

    /// <summary>The names of the packages that are there: those for NuGet, then those for pip; the newest last as far as names tell.</summary>
    public static IReadOnlyList<string> Packages() => Directory.Exists(PackageFolder)
        ? [.. PackageKinds.SelectMany(kind => new DirectoryInfo(PackageFolder).EnumerateFiles(kind).Select(file => file.Name).Order(StringComparer.Ordinal))]
        : [];

    /// <summary>What a package is for.</summary>
    public static string WhatIs(string package) => package.EndsWith(".whl", StringComparison.Ordinal)
        ? "the client for Python as a package, with its types and the portal for tests: pip install"
        : "the client for C#, a NuGet package: dotnet add package, from a folder";

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

/// <summary>A file of the repository that authors take.</summary>
/// <param name="Source">Its path in the repository.</param>
/// <param name="What">What it is, for people.</param>
internal sealed record AuthorFile(string Source, string What)
{
    /// <summary>Its name, under which it is served and built in.</summary>
    public string Name { get; } = System.IO.Path.GetFileName(Source);

    public string Address => $"{AuthorFiles.Path}/{Name}";
}
