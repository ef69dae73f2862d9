using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Api.Admin;

/// <summary>The endpoints of administrators' scripts for one license: to find, create, change and delete it.</summary>
internal static class AdminLicenses
{
    private const string One = """{"id":1,"customer_id":1,"customer_email":"ada@example.com","customer_name":"Ada Byron","key_masked":"VFAE-…-NYV8","plan":"MONTHLY","status":"active","expires_at":"2027-01-31T12:00:00Z","seats":1,"copied_devices":null,"note":null,"created_at":"2026-11-21T18:22:19Z","updated_at":"2026-11-21T18:22:19Z","version":1}""";
    private const string Begin = """{"id":1,"customer_id":1,"customer_email":"ada@example.com","customer_name":"Ada Byron","key_masked":"VFAE-…-NYV8","plan":"MONTHLY","status":""";
    private const string End = ""","copied_devices":null,"note":null,"created_at":"2026-11-21T18:22:19Z","updated_at":"2026-11-22T09:00:00Z","version":2,"sessions_ended":""";
    private const string Until = ""","expires_at":"2027-01-31T12:00:00Z","seats":""";
    private const string Ended = $$"""{{Begin}}"active"{{Until}}1{{End}}1}""";
    private const string Kept = $$"""{{Begin}}"active"{{Until}}1{{End}}0}""";

    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/licenses", ListAsync);
        admin.MapPost("/licenses", CreateAsync).RequireAuthorization(Policies.Api.Administrator);
        admin.MapGet("/licenses/{id:long}", GetAsync);
        admin.MapPatch("/licenses/{id:long}", UpdateAsync).RequireAuthorization(Policies.Api.Administrator);
        admin.MapDelete("/licenses/{id:long}", DeleteAsync).RequireAuthorization(Policies.Api.Administrator);
        admin.MapPost("/licenses/{id:long}/key", ReplaceKeyAsync).RequireAuthorization(Policies.Api.Administrator);
        admin.MapPost("/licenses/{id:long}/suspend", SuspendAsync).RequireAuthorization(Policies.Api.Support);
        admin.MapPost("/licenses/{id:long}/reactivate", ReactivateAsync).RequireAuthorization(Policies.Api.Support);
        admin.MapPost("/licenses/{id:long}/cancel", CancelAsync).RequireAuthorization(Policies.Api.Administrator);
        admin.MapPost("/licenses/{id:long}/extend", ExtendAsync).RequireAuthorization(Policies.Api.Support);
    }

    /// <summary>Licenses, page by page</summary>
    [Example($$"""{"licenses":[{{One}}],"next":null,"previous":null}""")]
    internal static Task<AdminResult<LicensesAnswer>> ListAsync(AdminQuery<LicensesQuery> query, LicenseQueries queries, CancellationToken cancel)
    {
        var asked = query.Value;
        var filter = new LicenseFilter(asked.Search, asked.State, asked.Plan, asked.ExpiresFrom, asked.ExpiresTo, asked.CustomerId);
        if (SearchWords.Problem(filter.Search) is { } problem) query.Refuse("search", problem);
        return query.PageAsync(
            page => queries.ReadAsync(filter, asked.Sort ?? LicenseOrdering.Newest, page, cancel),
            found => new LicensesAnswer([.. found.Items.Select(LicenseItem.Of)], found.Next, found.Previous));
    }

    /// <summary>One license</summary>
    /// <remarks>The header ETag has its version, for If-Match.</remarks>
    [Example(One)]
    internal static async Task<AdminResult<LicenseItem>> GetAsync(HttpContext http, LicenseService service, long id)
    {
        if (await service.FindAsync(id, http.RequestAborted) is not { } state) return LicenseAnswers.NotFound();
        http.Response.Headers.ETag = $"\"{state.Version}\"";
        return LicenseItem.Of(state);
    }

    /// <summary>Makes licenses</summary>
    /// <remarks>
    /// Only this answer shows the keys. If the portal fails half-way, the field created of the problem has the licenses that were made
    /// (503, code incomplete).
    /// </remarks>
    [Example(
        """{"customer_id":1,"expires_at":"2026-12-21T18:22:19Z","licenses":[{"id":1,"key":"VFAEA-F4PVN-52KX1-A67PS-QNYV8"}]}""",
        Body = """{"email":"ada@example.com","customer_name":"Ada Byron","plan":"MONTHLY","days":30}""", Status = StatusCodes.Status201Created)]
    internal static async Task<AdminResult<CreatedLicenses>> CreateAsync(HttpContext http, AdminBody<OrderBody> body, LicenseIssuer issuer)
    {
        var order = OrderBody.Read(body);
        if (body.Problem is { } wrong) return wrong;

        // The answer has keys, which no cache may keep.
        http.Response.Headers.CacheControl = "no-store";
        var made = new List<NewLicense>(order.Count);
        try
        {
            var outcome = await issuer.IssueAsync(http.GetActor(), order, durable => made.AddRange(durable.Select(NewLicense.Of)), http.RequestAborted);
            if (outcome is IssueOutcome.Invalid invalid) return AdminProblems.Invalid(invalid.Errors);
            var issued = (IssueOutcome.Issued)outcome;
            http.Response.StatusCode = StatusCodes.Status201Created;
            return new CreatedLicenses(issued.CustomerId, issued.ExpiresAt, made);
        }
        catch (StoreUnavailableException) when (made.Count > 0)
        {
            // These licenses exist, and no other answer shows their keys.
            return AdminProblems.Of(503, "incomplete", "The portal cannot write right now. Only some of the licenses were made; created has them.",
                "created", new CreatedLicenses(null, null, made));
        }
    }

    /// <summary>Changes a license</summary>
    /// <remarks>
    /// Changes all fields that are sent, or none. With fewer seats the newest sessions end; with an expiry in the past all sessions end.
    /// </remarks>
    [Example($$"""{{Begin}}"active"{{Until}}2{{End}}0}""", Body = """{"seats":2,"version":1}""")]
    internal static Task<AdminResult<LicenseItem>> UpdateAsync(HttpContext http, AdminBody<UpdateBody> body, LicenseService service, long id) => ChangeAsync(http, service, id, body, UpdateBody.Read(body));

    /// <summary>Deletes a license</summary>
    /// <remarks>
    /// Its sessions end. History keeps what happened, without the customer's name and addresses. A customer without other licenses is
    /// deleted, too. The answer is the license as it was.
    /// </remarks>
    [Example(Ended, Body = """{"reason":"asked to be forgotten"}""")]
    internal static async Task<AdminResult<LicenseItem>> DeleteAsync(HttpContext http, AdminBody<ChangeBody> body, LicenseService service, long id)
    {
        var version = body.Value.ReadVersion(http.Request, body);
        if (body.Problem is { } wrong) return wrong;
        return LicenseAnswers.Tell(await service.DeleteAsync(http.GetActor(), id, version, body.Value.Reason, http.RequestAborted));
    }

    /// <summary>Gives a license another key</summary>
    /// <remarks>The old key is unknown from now on, and its sessions end. Only this answer shows the new key.</remarks>
    [Example($$"""{"key":"5D3FP-WQ0SZ-8YB2N-CKM6T-4H1RX","license":{{Ended}}}""", Body = """{"reason":"the key was posted in a forum"}""")]
    internal static async Task<AdminResult<ReplacedKey>> ReplaceKeyAsync(HttpContext http, AdminBody<ChangeBody> body, LicenseService service, long id)
    {
        var version = body.Value.ReadVersion(http.Request, body);
        if (body.Problem is { } wrong) return wrong;
        http.Response.Headers.CacheControl = "no-store";
        return await service.ReplaceKeyAsync(http.GetActor(), id, version, body.Value.Reason, http.RequestAborted) switch
        {
            KeyOutcome.Replaced replaced => new ReplacedKey(replaced.License.Key, LicenseItem.Of(replaced.State, replaced.SessionsEnded)),
            KeyOutcome.Refused refused => LicenseAnswers.Refuse<ReplacedKey>(refused.Why),
            _ => throw new InvalidOperationException("An outcome nobody thought of."),
        };
    }

    /// <summary>Suspends a license</summary>
    /// <remarks>
    /// Its sessions end, and logins are refused until it is reactivated. If it is suspended already, nothing changes, and the answer is the
    /// same.
    /// </remarks>
    [Example($$"""{{Begin}}"suspended"{{Until}}1{{End}}1}""", Body = """{"reason":"unpaid"}""")]
    internal static Task<AdminResult<LicenseItem>> SuspendAsync(HttpContext http, AdminBody<ChangeBody> body, LicenseService service, long id) =>
        ChangeAsync(http, service, id, body, new LicenseChange.Suspend());

    /// <summary>Makes a license active again</summary>
    /// <remarks>
    /// A cancelled license needs an Administrator. Bots continue by themselves. If it is active already, nothing changes, and the answer is
    /// the same.
    /// </remarks>
    [Example(Kept, Body = """{"reason":"paid"}""")]
    internal static Task<AdminResult<LicenseItem>> ReactivateAsync(HttpContext http, AdminBody<ChangeBody> body, LicenseService service, long id) =>
        ChangeAsync(http, service, id, body, new LicenseChange.Reactivate());

    /// <summary>Cancels a license</summary>
    /// <remarks>Its sessions end. If it is cancelled already, nothing changes, and the answer is the same.</remarks>
    [Example($$"""{{Begin}}"cancelled"{{Until}}1{{End}}1}""", Body = """{"reason":"refunded"}""")]
    internal static Task<AdminResult<LicenseItem>> CancelAsync(HttpContext http, AdminBody<ChangeBody> body, LicenseService service, long id) =>
        ChangeAsync(http, service, id, body, new LicenseChange.Cancel());

    /// <summary>Adds days to a license</summary>
    /// <remarks>
    /// The days count from its expiry, or from now if that has passed. Each request adds them again. A license that never expires is
    /// refused (400).
    /// </remarks>
    [Example(Kept, Body = """{"days":30,"reason":"renewed"}""")]
    internal static Task<AdminResult<LicenseItem>> ExtendAsync(HttpContext http, AdminBody<ExtendBody> body, LicenseService service, long id)
    {
        if (body.Value.Days is null) body.Refuse("days", "days is needed: by how many days the license is extended.");
        return ChangeAsync(http, service, id, body, new LicenseChange.Extend(body.Value.Days ?? 0));
    }

    /// <param name="change">Not made if <paramref name="body"/> has errors.</param>
    private static async Task<AdminResult<LicenseItem>> ChangeAsync<T>(HttpContext http, LicenseService service, long id, AdminBody<T> body, LicenseChange change) where T : ChangeBody
    {
        var version = body.Value.ReadVersion(http.Request, body);
        if (body.Problem is { } wrong) return wrong;
        return LicenseAnswers.Tell(await service.ChangeAsync(http.GetActor(), id, change, version, body.Value.Reason, http.RequestAborted));
    }
}
