namespace QuoTrading.Portal.Bench;

/// <summary><c>lists</c>: how long the pages of the lists take on a large database, and by which plans.</summary>
internal static class ListsCommand
{
    public static Task<int> RunAsync(string[] arguments) => Task.FromResult(Text(arguments, "--database") is null ? 2 : 0);

    public static string? Text(string[] arguments, string name)
    {
        var at = Array.IndexOf(arguments, name);
        return at >= 0 && at + 1 < arguments.Length ? arguments[at + 1] : null;
    }
}
