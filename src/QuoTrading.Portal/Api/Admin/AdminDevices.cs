using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Api.Clients;
using QuoTrading.Portal.Api.Description;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Api.Admin;

/// <summary>The administrators' endpoints about devices that are kept out of a license.</summary>
internal static class AdminDevices
{
    /// <summary>The longest time that a device is kept out without being kept out for good: a year.</summary>
    public const int MostMinutes = 525_600;

    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/licenses/{id:long}/devices/kept-out", ListAsync).Describe(LicenseDescriptions.KeptOut);
        admin.MapPost("/licenses/{id:long}/devices/{device}/keep-out", KeepOutAsync).RequireAuthorization(Policies.Api.Support).Describe(LicenseDescriptions.KeepOut);
        admin.MapPost("/licenses/{id:long}/devices/{device}/let-in", LetInAsync).RequireAuthorization(Policies.Api.Support).Describe(LicenseDescriptions.LetIn);
    }

    private static async Task<IResult> ListAsync(HttpContext http, LicenseDesk desk, KeptOutDevices devices, long id) =>
        await desk.FindAsync(id, http.RequestAborted) is null
            ? LicenseAnswers.NotFound()
            : TypedResults.Json(new KeptOutAnswer([.. (await devices.OfAsync(id, http.RequestAborted)).Select(KeptOutItem.Of)]), AdminJson.Readable.KeptOutAnswer);

    private static async Task<IResult> KeepOutAsync(HttpContext http, ISessionDesk desk, long id, string device)
    {
        if (await AdminBody.ReadFieldsAsync(http) is not { } body) return AdminBody.NotJson("{\"minutes\": 60, \"reason\": \"…\"}");
        var (reason, minutes, untilLifted) = (body.Text("reason"), body.Number("minutes"), body.Flag("until_lifted"));
        if (SessionReasons.Check(reason) is { } wrongReason) body.Refuse("reason", wrongReason);
        if (minutes is < 1 or > MostMinutes) body.Refuse("minutes", $"minutes must be 1 to {MostMinutes}.");
        if (minutes is not null == untilLifted && body.Errors.Count == 0) body.Refuse("minutes", "One of minutes and until_lifted is needed: for how long the device is kept out.");
        var fingerprint = Unescape(device);
        if (string.IsNullOrWhiteSpace(fingerprint) || fingerprint.Length > ClientMessage.MaxDeviceLength) body.Refuse("device", $"A device's fingerprint has 1 to {ClientMessage.MaxDeviceLength} characters.");
        if (body.Errors is { Count: > 0 } wrong) return AdminProblems.Invalid(wrong);

        var length = minutes is { } count ? TimeSpan.FromMinutes(count) : Timeout.InfiniteTimeSpan;
        return await desk.KeepOutAsync(http.GetActor(), id, fingerprint, reason!, length, http.RequestAborted) is { } done
            ? TypedResults.Json(new KeepOutAnswer(id, fingerprint, done.Until.Instant, done.WasLive), AdminJson.Readable.KeepOutAnswer)
            : LicenseAnswers.NotFound();
    }

    private static async Task<IResult> LetInAsync(HttpContext http, LicenseDesk licenses, ISessionDesk desk, long id, string device)
    {
        if (await AdminBody.ReadFieldsAsync(http, optional: true) is not { } body) return AdminBody.NotJson("{\"reason\": \"…\"}");
        var reason = body.Text("reason");
        if (reason?.Length > LogOutResult.MaxReasonLength) body.Refuse("reason", $"reason must be at most {LogOutResult.MaxReasonLength} characters.");
        if (body.Errors is { Count: > 0 } wrong) return AdminProblems.Invalid(wrong);
        if (await licenses.FindAsync(id, http.RequestAborted) is null) return LicenseAnswers.NotFound();

        var fingerprint = Unescape(device);
        var lifted = await desk.LiftKeepOutAsync(http.GetActor(), id, fingerprint, reason, http.RequestAborted);
        return TypedResults.Json(new LetInAnswer(id, fingerprint, lifted), AdminJson.Readable.LetInAnswer);
    }

    // A slash is the one character that stays escaped in a path.
    private static string Unescape(string device) => device.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
