using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Storage;

/// <summary>Creates files and folders that only their owner may read, whatever the umask.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Creates a file and opens it for writing. The file must not exist.</summary>
    public static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnFile;
        return new FileStream(path, options);
    }

    /// <summary>Creates a folder, unless it exists.</summary>
    /// <exception cref="StartException">It cannot be created.</exception>
    public static void CreateFolder(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
            else Directory.CreateDirectory(path, OwnFile | UnixFileMode.UserExecute);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"The folder {path} cannot be created: {failure.Message}");
        }
    }
}
