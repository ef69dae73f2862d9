namespace QuoTrading.Portal.Kernel;

/// <summary>
/// Finds the base folder of relative paths: the one with appsettings.json. A published program may be started in any working directory;
/// in development the base folder is the repository's root.
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
