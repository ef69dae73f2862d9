using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Api.Description;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions;
using QuoTrading.Portal.Sessions.Reading;

namespace QuoTrading.Portal.Api;

/// <summary>The administrators' endpoints about devices that are kept out of a license.</summary>
internal static class AdminDevices
{
    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/licenses/{id:long}/devices/kept-out", ListAsync).Describe(LicenseDescriptions.KeptOut);
        admin.MapPost("/licenses/{id:long}/devices/{device}/let-in", LetInAsync).RequireAuthorization(Policies.Api.Support).Describe(LicenseDescriptions.LetIn);
    }

    private static async Task<IResult> ListAsync(HttpContext http, LicenseDesk desk, KeptOutDevices devices, long id) =>
        await desk.FindAsync(id, http.RequestAborted) is null
            ? LicenseAnswers.NotFound()
            : TypedResults.Json(new KeptOutAnswer([.. (await devices.OfAsync(id, http.RequestAborted)).Select(KeptOutItem.Of)]), AdminJson.Readable.KeptOutAnswer);

    private static async Task<IResult> LetInAsync(HttpContext http, LicenseDesk licenses, ISessionDesk desk, long id, string device)
    {
        if (await AdminBody.ReadFieldsAsync(http, optional: true) is not { } body) return AdminBody.NotJson("{\"reason\": \"…\"}");
        var reason = body.Text("reason");
        if (reason?.Length > LogOutResult.MaxReasonLength) body.Refuse("reason", $"reason must be at most {LogOutResult.MaxReasonLength} characters.");
        if (body.Errors is { Count: > 0 } wrong) return AdminProblems.Invalid(wrong);
        if (await licenses.FindAsync(id, http.RequestAborted) is null) return LicenseAnswers.NotFound();

        // A slash is the one character that stays escaped in a path.
        var fingerprint = device.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var lifted = await desk.LiftKeepOutAsync(http.GetActor(), id, fingerprint, reason, http.RequestAborted);
        return TypedResults.Json(new LetInAnswer(id, fingerprint, lifted), AdminJson.Readable.LetInAnswer);
    }
}
