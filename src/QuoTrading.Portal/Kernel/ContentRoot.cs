namespace QuoTrading.Portal.Kernel;

/// <summary>
/// The folder that relative paths count from: the one with appsettings.json. A published folder may be started from anywhere;
/// in development it is the repository's root.
/// </summary>
internal static class ContentRoot
{
    public static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "appsettings.json"))) return folder.FullName;
        return Directory.GetCurrentDirectory();
    }
}
