using QuoTrading.Portal.Api.Description;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Api.Admin;

/// <summary>What the OpenAPI document says of the endpoints about licenses.</summary>
internal static class LicenseDescriptions
{
    private const string One = """{"id":1,"customer_id":1,"customer_email":"ada@example.com","customer_name":"Ada Byron","key_masked":"VFAE-…-NYV8","plan":"MONTHLY","status":"active","expires_at":"2027-01-31T12:00:00Z","seats":1,"copied_devices":null,"note":null,"created_at":"2026-11-21T18:22:19Z","updated_at":"2026-11-21T18:22:19Z","version":1}""";
    private const string Changed = """{"id":1,"customer_id":1,"customer_email":"ada@example.com","customer_name":"Ada Byron","key_masked":"VFAE-…-NYV8","plan":"MONTHLY","status":"{status}","expires_at":"2027-01-31T12:00:00Z","seats":{seats},"copied_devices":null,"note":null,"created_at":"2026-11-21T18:22:19Z","updated_at":"2026-11-22T09:00:00Z","version":2,"sessions_ended":{ended}}""";
    private const string Because = """{"reason":"unpaid"}""";

    private static readonly Field Reason = new("reason", "string", $"Why, for the audit log and the history of the sessions; at most {LicenseRules.MaxReason} characters.");
    private static readonly Field Version = new("version", "integer", "The version that you saw, or send it as If-Match. If the license is another by now, nothing is changed: 409, code outdated, with the license as it is.");
    private static readonly Field State = new("state", "string", "How it stands now.", OneOf: [.. Enum.GetValues<LicenseStanding>().Select(WireNames.Of)]);
    private static readonly Field Search = new("search", "string", "Words found in the e-mail address or name, or the visible ends of the key. A whole key finds its license (and stands in access logs: prefer the e-mail).");
    private static readonly Field Plan = new("plan", "string", "Exactly this plan.");
    private static readonly Field[] Window = [Field.Time("expires_from", "Expires then or later."), Field.Time("expires_to", "Expires before.")];

    public static EndpointDescription List { get; } = new("Licenses, page by page", typeof(LicensesAnswer), $$"""{"licenses":[{{One}}],"next":null,"previous":null}""")
    {
        Query =
        [
            Search, State, Plan, .. Window, new Field("customer_id", "integer", "Of this customer."),
            new Field("sort", "string", "newest (first), expiry (soonest first), or customer (by e-mail address).", OneOf: ["newest", "expiry", "customer"]), .. Field.Paging,
        ],
        Problems = [400],
    };

    public static EndpointDescription Get { get; } = new("One license", typeof(LicenseItem), One) { Text = "ETag is its version, for If-Match.", Problems = [404] };

    public static EndpointDescription Create { get; } = new(
        "Makes licenses", typeof(CreatedLicenses), """{"customer_id":1,"expires_at":"2026-12-21T18:22:19Z","licenses":[{"id":1,"key":"VFAEA-F4PVN-52KX1-A67PS-QNYV8"}]}""")
    {
        Text = "The answer is the one time that the keys are shown. If the portal fails half-way the problem's created has those that were made (503, code incomplete).",
        Status = 201,
        Body =
        [
            new("email", "string", "Of the customer, who is made where he is new.", IsNeeded: true), new("customer_name", "string", "For a new customer."),
            new("plan", "string", $"1 to {LicenseRules.MaxPlan} characters; {LicenseRules.DefaultPlan} by default."), new("seats", "integer", $"1 to {LicenseRules.MaxSeats}; 1 by default."),
            new("count", "integer", $"1 to {LicenseReader.MostNew} equal ones; 1 by default."), new("note", "string", $"At most {LicenseRules.MaxNote} characters."),
            new("days", "integer", $"Good for so many days: 1 to {LicenseTerm.MaxDays}. One of days, expires_at and lifetime is needed."),
            Field.Time("expires_at", "Good until then."), new("lifetime", "boolean", "Good for ever."),
        ],
        BodyExample = """{"email":"ada@example.com","customer_name":"Ada Byron","plan":"MONTHLY","days":30}""",
        Problems = [400],
    };

    public static EndpointDescription Update { get; } = new("Changes a license", typeof(LicenseItem), Change("active", 2, 0))
    {
        Text = "All that is named is changed, or nothing. With fewer seats the newest sessions end; with an expiry that has passed, all.",
        Body =
        [
            new("seats", "integer", $"1 to {LicenseRules.MaxSeats}."), Field.Time("expires_at", "May have passed; null for never."), new("plan", "string", $"1 to {LicenseRules.MaxPlan} characters."),
            new("note", "string", $"At most {LicenseRules.MaxNote} characters; null removes it."),
            new("copied_devices", "string", "report or refuse: what becomes of a fingerprint that is used in two places; null as it is set for all."), Reason, Version,
        ],
        BodyExample = """{"seats":2,"version":1}""",
        Problems = [400, 404, 409],
    };

    public static EndpointDescription Delete { get; } = new("Deletes a license", typeof(LicenseItem), Change("active", 1, 1))
    {
        Text = "Its sessions end. History keeps what happened, without the customer's name and addresses; a customer without licenses goes too. The answer is the license as it was.",
        Body = [Reason, Version],
        BodyExample = """{"reason":"asked to be forgotten"}""",
        Problems = [400, 404, 409],
    };

    public static EndpointDescription ReplaceKey { get; } = new("Gives a license another key", typeof(ReplacedKey), $$"""{"key":"5D3FP-WQ0SZ-8YB2N-CKM6T-4H1RX","license":{{Change("active", 1, 1)}}}""")
    {
        Text = "The old key is unknown from now on, and its sessions end. The answer is the one time that the new one is shown.",
        Body = [Reason, Version],
        BodyExample = """{"reason":"the key was posted in a forum"}""",
        Problems = [400, 404, 409],
    };

    public static EndpointDescription Suspend { get; } = Verb("Suspends a license", "Its sessions end, and nobody logs in until it is reactivated.", Change("suspended", 1, 1), Because);

    public static EndpointDescription Reactivate { get; } = Verb("Makes a license active again", "A cancelled one needs an Administrator. Bots go on by themselves.", Change("active", 1, 0), """{"reason":"paid"}""");

    public static EndpointDescription Cancel { get; } = Verb("Cancels a license", "Its sessions end.", Change("cancelled", 1, 1), """{"reason":"refunded"}""");

    public static EndpointDescription Extend { get; } = Verb(
        "Adds days to a license", "They count from its expiry, or from now where that has passed.", Change("active", 1, 0), """{"days":30,"reason":"renewed"}""",
        new Field("days", "integer", $"1 to {LicenseTerm.MaxDays}.", IsNeeded: true));

    public static EndpointDescription Bulk { get; } = new(
        "Does one thing to many licenses", typeof(BulkAnswer),
        """{"done":1,"unchanged":1,"refused":0,"results":[{"id":1,"result":"done","why":null,"sessions_ended":1},{"id":2,"result":"unchanged","why":"It was so already.","sessions_ended":0}]}""")
    {
        Text = $"Each license in a unit of its own, at most {LicenseBulk.Most}. cancel and delete need an Administrator. If the portal fails half-way the problem's done has what was done (503, code incomplete).",
        Body =
        [
            new("action", "string", "What is done.", IsNeeded: true, OneOf: ["suspend", "reactivate", "cancel", "extend", "delete"]), new("days", "integer", "For extend."), Reason,
            new("ids", "array", "The licenses by number. Either these or a filter."), new("filter", "object", "search, state, plan, expires_from, expires_to, as in the list; at least one."),
        ],
        BodyExample = """{"action":"suspend","ids":[1,2],"reason":"unpaid"}""",
        Problems = [400],
    };

    public static EndpointDescription KeptOut { get; } = new(
        "The devices that are kept out of a license", typeof(KeptOutAnswer),
        """{"devices":[{"device":"3f9a1c0d5e7b2a64","until":"2026-11-22T18:22:19Z","set_at":"2026-11-21T18:22:19Z","set_by":"ada@example.com","reason":"shared key"}]}""")
    { Problems = [404] };

    public static EndpointDescription KeepOut { get; } = new(
        "Keeps a device out", typeof(KeepOutAnswer), """{"license_id":1,"device":"3f9a1c0d5e7b2a64","until":"2026-11-22T18:22:19Z","was_live":false}""")
    {
        Text = "Its logins to this license are refused from now on, whether it is online or not; a session that it holds ends. Where it is kept out already, the new time counts.",
        Body =
        [
            new("reason", "string", $"Why, for the history; 1 to {LogOutResult.MaxReasonLength} characters.", IsNeeded: true),
            new("minutes", "integer", $"For so long: 1 to {AdminDevices.MostMinutes}. One of minutes and until_lifted is needed."),
            new("until_lifted", "boolean", "Until somebody lets it in again."),
        ],
        BodyExample = """{"reason":"shared key","minutes":1440}""",
        Problems = [400, 404],
    };

    public static EndpointDescription LetIn { get; } = new("Lets a device in again", typeof(LetInAnswer), """{"license_id":1,"device":"3f9a1c0d5e7b2a64","was_kept_out":true}""")
    {
        Text = "It may log in from now on. Where it could before, nothing is changed.",
        Body = [Reason],
        BodyExample = """{"reason":"it was his own old computer"}""",
        Problems = [400, 404],
    };

    private static EndpointDescription Verb(string summary, string text, string example, string body, params Field[] fields) => new(summary, typeof(LicenseItem), example)
    {
        Text = text + " What is so already is answered the same, and changes nothing.",
        Body = [.. fields, Reason, Version],
        BodyExample = body,
        Problems = [400, 404, 409],
    };

    private static string Change(string status, int seats, int ended) => Changed
        .Replace("{status}", status, StringComparison.Ordinal).Replace("{seats}", $"{seats}", StringComparison.Ordinal).Replace("{ended}", $"{ended}", StringComparison.Ordinal);
}
