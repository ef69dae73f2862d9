using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.Features;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Operating.Backups;

namespace QuoTrading.Portal.Components.Export;

/// <summary>
/// <c>POST /system/backup</c>: a copy of the database, for administrators, streamed. If the browser disconnects before the end,
/// the copy is deleted.
/// </summary>
internal static partial class BackupExport
{
    public const string Path = "/system/backup";

    /// <summary>The form field that says whether the copy includes the key ring.</summary>
    public const string KeyRing = "key_ring";

    public const string With = "with";
    public const string Without = "without";

    /// <summary>The redirect target if the copy could not be made.</summary>
    public const string FailedPath = "/system?backup=failed";

    public static void Map(IEndpointRouteBuilder app) => app.MapPost(Path, SendAsync).RequireAuthorization(Policies.Administrator);

    private static async Task SendAsync(HttpContext context, BackupService service, IAntiforgery antiforgery, ILogger<BackupService> log)
    {
        var (response, cancel) = (context.Response, context.RequestAborted);
        if (!await antiforgery.IsRequestValidAsync(context) || await ReadAsync(context) is not { } withKeyRing)
        {
            response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        try
        {
            await using var download = await service.PrepareAsync(context.GetActor(), withKeyRing, cancel);
            response.ContentType = download.ContentType;
            response.ContentLength = download.Bytes;
            response.Headers.ContentDisposition = $"attachment; filename=\"{download.Name}\"";
            response.Headers.CacheControl = "no-store";
            // The framework's ZipArchive writes the end of each entry synchronously: a few kilobytes.
            context.Features.GetRequiredFeature<IHttpBodyControlFeature>().AllowSynchronousIO = true;
            await download.WriteAsync(response.Body, cancel);
        }
        catch (Exception known) when (known is StartException or StoreUnavailableException)
        {
            LogFailed(log, known.Message);
            response.Redirect(FailedPath);
        }
        catch (Exception) when (cancel.IsCancellationRequested)
        {
            LogLeft(log);
        }
    }

    // There is no default: the administrator must choose one of the two. Null if the field is missing or unknown.
    private static async Task<bool?> ReadAsync(HttpContext context) => (await context.Request.ReadFormAsync(context.RequestAborted))[KeyRing] switch
    {
        [With] => true,
        [Without] => false,
        _ => null,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "A copy of the database could not be made for its download: {Reason}")]
    private static partial void LogFailed(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The download of a copy of the database was broken off. The copy is deleted.")]
    private static partial void LogLeft(ILogger log);
}
