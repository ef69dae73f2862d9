using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Api.Clients;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Api.Admin;

/// <summary>The endpoints of administrators' scripts for devices that are kept out of a license.</summary>
internal static class AdminDevices
{
    /// <summary>A year. To keep a device out for longer, it is kept out for good.</summary>
    public const int MostMinutes = 525_600;

    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/licenses/{id:long}/devices/kept-out", ListAsync);
        admin.MapPost("/licenses/{id:long}/devices/{device}/keep-out", KeepOutAsync).RequireAuthorization(Policies.Api.Support);
        admin.MapPost("/licenses/{id:long}/devices/{device}/let-in", LetInAsync).RequireAuthorization(Policies.Api.Support);
    }

    /// <summary>The devices that are kept out of a license</summary>
    [Example("""{"devices":[{"device":"3f9a1c0d5e7b2a64","until":"2026-11-22T18:22:19Z","set_at":"2026-11-21T18:22:19Z","set_by":"ada@example.com","reason":"shared key"}]}""")]
    internal static async Task<AdminResult<KeptOutAnswer>> ListAsync(HttpContext http, LicenseService service, KeptOutDevices devices, long id) =>
        await service.FindAsync(id, http.RequestAborted) is null
            ? LicenseAnswers.NotFound()
            : new KeptOutAnswer([.. (await devices.OfAsync(id, http.RequestAborted)).Select(KeptOutItem.Of)]);

    /// <summary>Keeps a device out</summary>
    /// <remarks>
    /// Its logins to this license are refused from now on, whether it is online or not; a session that it holds ends. If it is kept out
    /// already, the new time replaces the old one.
    /// </remarks>
    [Example("""{"license_id":1,"device":"3f9a1c0d5e7b2a64","until":"2026-11-22T18:22:19Z","was_live":false}""", Body = """{"reason":"shared key","minutes":1440}""")]
    internal static async Task<AdminResult<KeepOutAnswer>> KeepOutAsync(HttpContext http, AdminBody<KeepOutBody> body, ISessionService service, long id, string device)
    {
        var (reason, minutes, untilLifted) = body.Value;
        if (SessionReasons.Check(reason) is { } wrongReason) body.Refuse("reason", wrongReason);
        if (minutes is < 1 or > MostMinutes) body.Refuse("minutes", $"minutes must be 1 to {MostMinutes}.");
        if (minutes is not null == untilLifted && !body.Errors.Any()) body.Refuse("minutes", "One of minutes and until_lifted is needed: for how long the device is kept out.");
        var fingerprint = Unescape(device);
        if (string.IsNullOrWhiteSpace(fingerprint) || fingerprint.Length > ClientMessage.MaxDeviceLength) body.Refuse("device", $"A device's fingerprint has 1 to {ClientMessage.MaxDeviceLength} characters.");
        if (body.Problem is { } wrong) return wrong;

        var length = minutes is { } count ? TimeSpan.FromMinutes(count) : Timeout.InfiniteTimeSpan;
        return await service.KeepOutAsync(http.GetActor(), id, fingerprint, reason!, length, http.RequestAborted) is { } done
            ? new KeepOutAnswer(id, fingerprint, done.Until.Instant, done.WasLive)
            : LicenseAnswers.NotFound();
    }

    /// <summary>Lets a device in again</summary>
    /// <remarks>It may log in from now on. If it was not kept out, nothing changes.</remarks>
    [Example("""{"license_id":1,"device":"3f9a1c0d5e7b2a64","was_kept_out":true}""", Body = """{"reason":"it was his own old computer"}""")]
    internal static async Task<AdminResult<LetInAnswer>> LetInAsync(HttpContext http, AdminBody<LetInBody> body, LicenseService licenses, ISessionService service, long id, string device)
    {
        var reason = body.Value.Reason;
        if (reason?.Length > LogOutResult.MaxReasonLength) body.Refuse("reason", $"reason must be at most {LogOutResult.MaxReasonLength} characters.");
        if (body.Problem is { } wrong) return wrong;
        if (await licenses.FindAsync(id, http.RequestAborted) is null) return LicenseAnswers.NotFound();

        var fingerprint = Unescape(device);
        return new LetInAnswer(id, fingerprint, await service.LiftKeepOutAsync(http.GetActor(), id, fingerprint, reason, http.RequestAborted));
    }

    // A slash is the only character that routing leaves escaped in a path.
    private static string Unescape(string device) => device.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
