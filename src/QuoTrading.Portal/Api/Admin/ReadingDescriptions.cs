using QuoTrading.Portal.Api.Description;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Api.Admin;

/// <summary>What the OpenAPI document says of the endpoints that tell what happened.</summary>
internal static class ReadingDescriptions
{
    private const string One = """{"session_id":"01a1ff58-4cfb-7fff-acf0-f39004879ecc","license_id":1,"customer_email":"ada@example.com","key_masked":"VFAE-…-NYV8","plan":"MONTHLY","device":"3f9a1c0d5e7b2a64","device_name":null,"address":"192.0.2.1","symbol":"ES","bot_version":"2.0.0","seat":1,"started_at":"2026-11-21T18:22:19Z","last_seen_at":"2026-11-21T19:40:01Z","ended_at":"2026-11-21T19:40:02Z","end_reason":"released","ended_by":null,"end_note":null,"interruptions":0}""";

    internal static Field LicenseId { get; } = new("license_id", "integer", "Of this license.");

    internal static Field Customer { get; } = new("customer", "string", "The beginning of the e-mail address; behind a = all of it.");

    private static readonly Field[] Where =
    [
        Customer, new("device", "string", "The beginning of the fingerprint; behind a = all of it."),
        new("address", "string", "The beginning of the address; behind a = all of it."),
    ];

    public static EndpointDescription History { get; } = new("Sessions, live and ended, newest first", typeof(HistoryAnswer), $$"""{"sessions":[{{One}}],"next":null,"previous":null}""")
    {
        Query =
        [
            Field.Time("from", "Started then or later."), Field.Time("to", "Started before."), LicenseId, .. Where,
            new Field("end", "string", "How it ended.", OneOf: [.. Enum.GetValues<EndReason>().Select(WireNames.Of)]), new Field("live", "boolean", "Only those that have not ended."), .. Field.Paging,
        ],
        Problems = [400],
    };

    public static EndpointDescription Session { get; } = new("One session, live or ended", typeof(HistoryItem), One) { Problems = [404] };

    public static EndpointDescription Events { get; } = new(
        "What happened, newest first", typeof(EventsAnswer),
        """{"events":[{"id":7,"at":"2026-11-21T18:22:19Z","last_at":"2026-11-21T18:22:49Z","count":2,"kind":"refused","code":"session_conflict","license_id":1,"customer_email":"ada@example.com","key_masked":"VFAE-…-NYV8","session_id":null,"device":"9b1c64d2a7e0f385","address":"192.0.2.7","by":null,"detail":null}],"next":null,"previous":null}""")
    {
        Query =
        [
            Field.Time("from", "Happened then or later."), Field.Time("to", "Happened before."), LicenseId, new Field("session_id", "string", "Of this session.", Format: "uuid"), .. Where,
            new Field("kind", "string", "What it is about.", OneOf: [.. Enum.GetValues<EventKind>().Select(WireNames.Of)]),
            new Field("code", "string", "The reason of a refusal, an end or a change: session_conflict, timed_out, seats_changed, …"), .. Field.Paging,
        ],
        Problems = [400],
    };

    public static EndpointDescription Audit { get; } = new(
        "Who did what to what, newest first", typeof(AuditAnswer),
        """{"entries":[{"id":3,"at":"2026-11-21T18:22:19Z","actor_kind":"token","actor":"billing","address":"192.0.2.9","action":"license.suspend","target_kind":"license","target":"1","reason":"unpaid","before":{"status":"Active"},"after":{"key":"VFAE-…-NYV8","customer":"ada@example.com","status":"Suspended","sessions_ended":1}}],"next":null,"previous":null}""")
    {
        Query =
        [
            Field.Time("from", "Done then or later."), Field.Time("to", "Done before."), new Field("actor", "string", "The beginning of who did it; behind a = all of it."),
            new Field("action", "string", "The beginning of what was done: license. finds all about licenses."), new Field("target_kind", "string", "license, session, settings, customer, account, …"),
            new Field("target", "string", "The beginning of what it was done to; behind a = all of it."), .. Field.Paging,
        ],
        Problems = [400],
    };

    public static EndpointDescription Statistics { get; } = new(
        "The numbers of the overview", typeof(StatisticsAnswer),
        """{"at":"2026-11-21T18:22:19Z","sessions_live":41,"licenses_live":38,"licenses":{"active":120,"expired":14,"suspended":2,"cancelled":5,"expiring_in_week":6,"expiring_in_month":31},"refusals":[{"code":"session_conflict","events":9,"requests":24}]}""")
    {
        Text = "Read at most once in some seconds, however many ask. Refusals are those of the last 24 hours: events are what the activity lists, requests each single one.",
        Problems = [400],
    };

    public static EndpointDescription Concurrency { get; } = new(
        "How many sessions were live at a time", typeof(ConcurrencyAnswer),
        """{"from":"2026-11-21T18:00:00Z","to":"2026-11-21T18:10:00Z","step_minutes":5,"steps":[{"at":"2026-11-21T18:00:00Z","sessions":40,"licenses":37},{"at":"2026-11-21T18:05:00Z","sessions":41,"licenses":38}]}""")
    {
        Text = "The most at one moment of each step. A step in which the portal did not run is missing.",
        Query =
        [
            Field.Time("from", "Steps count from here; a day before to by default."), Field.Time("to", "Not included; now by default. At most 400 days behind from."),
            new Field("step_minutes", "integer", "1 to 1440, 5 by default; at most 10,000 steps."),
        ],
        Problems = [400],
    };
}
