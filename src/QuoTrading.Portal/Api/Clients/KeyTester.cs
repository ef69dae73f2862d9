using System.Globalization;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Api.Clients;

/// <summary>Answers with the same statuses and messages as the client endpoints, and explains why.</summary>
internal sealed class KeyTester(SessionRegistry registry, LicenseService licenses) : IKeyTester
{
    // Longer than a client's fingerprint may be, so no device has it.
    private static readonly string NewDevice = new('?', 300);

    public async Task<KeyTest> TestAsync(Actor actor, KeyQuestion question, CancellationToken cancel = default)
    {
        actor.Require(PortalRole.Viewer);
        var key = KeyHash.Of(question.Key ?? "");
        if (question.LicenseId is { } id)
        {
            if (await licenses.FindAsync(id, cancel) is not { } license) return new KeyTest(null, []);
            key = license.Snapshot.Key;
        }

        var message = new ClientMessage(key, Given(question.Device) ?? NewDevice, Given(question.Address) ?? "?", Symbol: Given(question.Symbol));
        var (login, heartbeat) = await registry.AskAsync(message, cancel);
        return new KeyTest(login.Answer.License,
        [
            Tell("Launcher login", "/api/main", ClientEndpoint.Main, login, license => ClientApi.LoggedIn(license)),
            Tell("Bot start", "/api/validate-license", ClientEndpoint.Validate, login, _ => ClientApi.Validated),
            Tell("Heartbeat", "/api/heartbeat", ClientEndpoint.Heartbeat, heartbeat, _ => HeartbeatAnswer.Recorded),
        ]);
    }

    private static ToldAnswer Tell(string what, string path, ClientEndpoint endpoint, Asked asked, Func<LicenseSnapshot, string> welcome)
    {
        var why = Explain(asked);
        if (WireNames.RefusalCode(asked.Answer.Outcome) is not { } code) return new ToldAnswer(what, path, 200, welcome(asked.Answer.License!), null, why);
        var refused = ClientRefusals.Of(endpoint, asked.Answer);
        return new ToldAnswer(what, path, refused.Status, ((Refusal)refused.Content).Message, code, why);
    }

    private static string Explain(Asked asked) => asked.Answer switch
    {
        _ when asked.Copied is { } served => $"It is taken for a copied device, and copied devices are refused: it is {served}.",
        { Outcome: Outcome.UnknownKey } => "No license has this key. Our own keys may be typed in either case; imported ones must match to the letter.",
        { Outcome: Outcome.LicenseRefused(LicenseProblem.Suspended) } => "The license is suspended.",
        { Outcome: Outcome.LicenseRefused(LicenseProblem.Cancelled) } => "The license is cancelled.",
        { Outcome: Outcome.LicenseRefused, License: { } license } => $"The license expired on {Day(license.ExpiresAt)}.",
        { Outcome: Outcome.Conflict conflict, License: { } license } =>
            $"{(license.Seats == 1 ? "Its one seat is" : $"All {license.Seats} seats are")} held by other devices. The next to become free is held by {Short(conflict.ActiveDevice)}, {conflict.WaitSeconds} s from now if that one is silent.",
        { Outcome: Outcome.LoginRequired } => "Its session is bound to an installation, and this message does not prove which one it is of. A login of that installation goes on with it.",
        { Outcome: Outcome.SessionOver } => "The session that it names has ended. A login starts another.",
        { Outcome: Outcome.ForcedOut } => "An administrator has logged this device out. A login lets it in again; a heartbeat alone does not.",
        { Outcome: Outcome.KeptOut({ Instant: null }) } => "An administrator keeps this device out for good.",
        { Outcome: Outcome.KeptOut({ Instant: { } until }) } => $"An administrator keeps this device out until {Day(until)}.",
        { Outcome: Outcome.TooMuchToday(DailyLimit.NewDevices, _) over } =>
            $"The license has had as many new devices as it may have in a day. No other one is let in until {Day(OverAt(asked.Answer, over))}; devices that logged in within 30 days are.",
        { Outcome: Outcome.TooMuchToday over } =>
            $"The license has begun as many sessions as it may begin in a day. No other one begins until {Day(OverAt(asked.Answer, over))}; those that are live go on.",
        _ => asked.Change switch
        {
            SessionChange.Started { ByHeartbeat: true } => "A seat is free: it would get a new session.",
            SessionChange.Started { Session.SeatLead: false } => "It would join a seat that its own address holds with another symbol.",
            SessionChange.Started => "A seat is free: a new session would start.",
            SessionChange.Resumed => "Its session timed out a short while ago and would go on.",
            _ => "It holds a live session, and would go on with it.",
        },
    };

    private static DateTime OverAt(Answer answer, Outcome.TooMuchToday over) => answer.Now.Utc.AddSeconds(over.WaitSeconds);

    private static string Day(DateTime? utc) => utc?.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture) ?? "";

    private static string Short(string device) => device.Length <= 8 ? device : device[..8] + "…";

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
