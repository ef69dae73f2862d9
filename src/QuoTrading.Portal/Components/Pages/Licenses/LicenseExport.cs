using System.Globalization;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>The list of licenses as a file: the same filter as the page's, streamed, for whoever may see the page.</summary>
internal static class LicenseExport
{
    public const string Path = "/export/licenses.csv";

    public static void Map(IEndpointRouteBuilder app) => app.MapGet(Path, Export).RequireAuthorization(Policies.Viewer);

    private static IResult Export(HttpContext http, LicenseCatalog catalog, TimeProvider time, string? q, string? state, string? plan, string? expires, string? sort)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var filter = LicenseQuery.Read(q, state, plan, expires, sort).ToFilter(now);
        http.Response.Headers.CacheControl = "no-store";
        return Results.Stream(
            body => LicenseCsv.WriteAsync(body, catalog.StreamAsync(filter, http.RequestAborted), now, http.RequestAborted),
            "text/csv; charset=utf-8",
            string.Create(CultureInfo.InvariantCulture, $"licenses-{now:yyyy-MM-dd}.csv"));
    }
}
