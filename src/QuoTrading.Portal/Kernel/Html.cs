namespace QuoTrading.Portal.Kernel;

/// <summary>Who is a browser that shows a page.</summary>
internal static class Html
{
    /// <summary>As browsers do when they open a page or send its form.</summary>
    public static bool IsAskedForBy(HttpRequest request)
    {
        foreach (var accepted in request.Headers.Accept)
            if (accepted?.Contains("text/html", StringComparison.OrdinalIgnoreCase) == true) return true;
        return false;
    }
}
