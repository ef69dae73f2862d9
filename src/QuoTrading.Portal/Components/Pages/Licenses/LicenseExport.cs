using System.Globalization;
using QuoTrading.Portal.Components.Export;
using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>The list of licenses as a CSV file, streamed, with the filter of the page. For all roles that may open the page.</summary>
internal static class LicenseExport
{
    public const string Path = $"{ListExports.Path}/licenses.csv";

    public static void Map(IEndpointRouteBuilder exports) => exports.MapGet(Path[ListExports.Path.Length..], ExportAsync);

    private static async Task<IResult> ExportAsync(HttpContext http, LicenseQueries queries, SharingRanking ranking, TimeProvider time)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var address = new ListQuery(name => http.Request.Query[name], now);
        var query = LicenseQuery.Read(address);
        if (address.Problems.Count > 0) return Results.Text(string.Join('\n', address.Problems), statusCode: StatusCodes.Status400BadRequest);
        var filter = query.ToFilter(now, query.Sharing ? await ranking.ReadAsync(http.RequestAborted) : null);
        http.Response.Headers.CacheControl = "no-store";
        return Results.Stream(
            body => LicenseCsv.WriteAsync(body, queries.StreamAsync(filter, http.RequestAborted), now, http.RequestAborted),
            "text/csv; charset=utf-8",
            string.Create(CultureInfo.InvariantCulture, $"licenses-{now:yyyy-MM-dd}.csv"));
    }
}
