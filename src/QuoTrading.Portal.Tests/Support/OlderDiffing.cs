using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace QuoTrading.Portal.Tests.Support;

/// <summary>
/// bUnit is built against AngleSharp.Diffing 1.x and runs with the 0.17 that is pinned here, but the loader takes no older
/// assembly than the one asked for unless it is handed over.
/// </summary>
internal static class OlderDiffing
{
#pragma warning disable CA2255 // A test project is an application of its own.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Offer() => AssemblyLoadContext.Default.Resolving += static (context, name) =>
        name.Name == "AngleSharp.Diffing" ? context.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "AngleSharp.Diffing.dll")) : null;
}
