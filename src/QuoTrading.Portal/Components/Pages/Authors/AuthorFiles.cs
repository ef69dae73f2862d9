using System.Net.Mime;
using QuoTrading.Portal.Accounts;

namespace QuoTrading.Portal.Components.Pages.Authors;

/// <summary>
/// Downloads for authors of bots: the clients' files and examples of this version (<c>GET /authors/quotrading_license.py</c>), and the
/// packages in the program's folder. For signed-in people.
/// </summary>
internal static class AuthorFiles
{
    public const string Path = "/authors";

    /// <summary>Files of the repository that are embedded in the program.</summary>
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

    /// <summary><see cref="Clients"/> and <see cref="Examples"/>.</summary>
    public static IReadOnlyList<AuthorFile> All { get; } = [.. Clients, .. Examples];

    private static readonly string[] PackageKinds = ["*.nupkg", "*.whl"];

    /// <summary>The folder with the packages.</summary>
    public static string PackageFolder { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "clients");

    public static void Map(IEndpointRouteBuilder app)
    {
        var files = app.MapGroup(Path).RequireAuthorization(Policies.Viewer);
        foreach (var file in All)
            files.MapGet($"/{file.Name}", context => SendAsync(context, file.Name, MediaTypeNames.Text.Plain + "; charset=utf-8", Embedded(file.Name)));
        files.MapGet("/packages/{name}", SendPackageAsync);
    }

    /// <summary>The file names of the packages in the folder: NuGet first, then pip, each in the order of their names.</summary>
    public static IReadOnlyList<string> Packages() => Directory.Exists(PackageFolder)
        ? [.. PackageKinds.SelectMany(kind => new DirectoryInfo(PackageFolder).EnumerateFiles(kind).Select(file => file.Name).Order(StringComparer.Ordinal))]
        : [];

    /// <summary>What a package is, in a sentence.</summary>
    public static string WhatIs(string package) => package.EndsWith(".whl", StringComparison.Ordinal)
        ? "the client for Python as a package, with its types and the portal for tests: pip install"
        : "the client for C#, a NuGet package: dotnet add package, from a folder";

    /// <summary>The address of a package.</summary>
    public static string AddressOf(string package) => $"{Path}/packages/{Uri.EscapeDataString(package)}";

    /// <summary>A file of the repository that is embedded in the program.</summary>
    public static Stream Embedded(string name) => typeof(AuthorFiles).Assembly.GetManifestResourceStream($"authors/{name}")
        ?? throw new InvalidOperationException($"{name} was not built in.");

    private static Task SendPackageAsync(HttpContext context, string name)
    {
        // Only listed files, so that no name leads out of the folder.
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
            // Not cached, because another version of the portal has other files.
            response.Headers.CacheControl = "no-store";
            await content.CopyToAsync(response.Body, context.RequestAborted);
        }
    }
}

/// <summary>A file of the repository that authors can download.</summary>
/// <param name="Source">Its path in the repository.</param>
/// <param name="What">A short description for people.</param>
internal sealed record AuthorFile(string Source, string What)
{
    /// <summary>The file name, also used in its address and as the name of the embedded resource.</summary>
    public string Name { get; } = System.IO.Path.GetFileName(Source);

    public string Address => $"{AuthorFiles.Path}/{Name}";
}
