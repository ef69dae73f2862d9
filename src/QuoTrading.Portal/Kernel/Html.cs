namespace QuoTrading.Portal.Kernel;

/// <summary>Recognises requests of a browser that shows a page.</summary>
internal static class Html
{
    /// <summary>Whether the request accepts HTML, as those of browsers do when they open a page or submit its form.</summary>
    public static bool IsAskedForBy(HttpRequest request)
    {
        foreach (var accepted in request.Headers.Accept)
            if (accepted?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true) return true;
        return false;
    }
}
