namespace QuoTrading.Portal.Tests.Support;

/// <summary>The folder that all this was built from.</summary>
public static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string? folder) => folder is null
        ? throw new InvalidOperationException("The tests run outside the repository that they were built in.")
        : File.Exists(Path.Combine(folder, "QuoTrading.Portal.sln")) ? folder : Find(Path.GetDirectoryName(folder));
}
