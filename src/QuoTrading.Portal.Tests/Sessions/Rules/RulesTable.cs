using System.Collections.Immutable;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Tests.Sessions.Rules;

/// <summary>One license at a table: what the rules decide becomes what they know next, and time passes when a test says so.</summary>
internal sealed class RulesTable
{
    public static readonly DateTime Noon = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    private static readonly KeyHash Key = KeyHash.Of("KEY");

    public LicenseSnapshot License { get; set; } = new(1, Key, 1, "ada@example.com", "Ada", "ABCD-…-WXYZ", "MONTHLY", LicenseStatus.Active, Noon.AddDays(30), 1);

    public SessionSettings Settings { get; set; } = new();

    public LicenseSessions Sessions { get; set; } = LicenseSessions.Empty;

    public Instant Now { get; set; } = new(1_000_000, Noon);

    public ImmutableArray<SessionChange> Changes { get; private set; } = [];

    public void Pass(double seconds) => Now = new(Now.Ms + (long)(seconds * 1000), Now.Utc.AddSeconds(seconds));

    public Outcome LogIn(string device, string? symbol = null, string address = "1.1.1.1", string? metadata = null) =>
        Take(SessionRules.LogIn(License, Sessions, Says(device, symbol, address, metadata), Settings, Now));

    public Outcome Check(string device, string address = "1.1.1.1") =>
        Take(SessionRules.Check(License, Sessions, Says(device, null, address, null), Settings, Now));

    public Outcome Heartbeat(string device, string? symbol = null, string address = "1.1.1.1", string? metadata = null, Guid? sessionId = null) =>
        Take(SessionRules.Heartbeat(License, Sessions, Says(device, symbol, address, metadata) with { SessionId = sessionId }, Settings, Now));

    public Outcome Release(string device, Guid? sessionId = null) =>
        Take(SessionRules.Release(Sessions, Says(device, null, "1.1.1.1", null) with { SessionId = sessionId }, Settings, Now));

    public Outcome Clear() => Take(SessionRules.Clear(Sessions, Settings, Now));

    public Outcome LogOut(Guid sessionId, KeptOutUntil? keptOut = null) =>
        Take(SessionRules.LogOut(Sessions, sessionId, Settings, Now, "admin@example.com", "shared key", keptOut));

    /// <summary>A login that says just this.</summary>
    public Outcome LogIn(ClientMessage message) => Take(SessionRules.LogIn(License, Sessions, message, Settings, Now));

    /// <summary>A release that says just this.</summary>
    public Outcome Release(ClientMessage message) => Take(SessionRules.Release(Sessions, message, Settings, Now));

    public Outcome OpenStream(ClientMessage message) => Take(SessionRules.OpenStream(License, Sessions, message, Settings, Now));

    /// <summary>The last stream of a device's session dropped.</summary>
    /// <param name="streamed">By program, when its stream did; milliseconds of service time.</param>
    public void Lose(string device, long atMs, params (string App, long DroppedMs)[] streamed) => Lose(device, atMs, streamed, leastMs: 0);

    public void Lose(string device, long atMs, (string App, long DroppedMs)[] streamed, long leastMs) => Lose(Holder(device).SessionId, atMs, streamed, leastMs);

    public void LoseSession(Guid sessionId, long atMs, params (string App, long DroppedMs)[] streamed) => Lose(sessionId, atMs, streamed, leastMs: 0);

    public void Waive(string device) => Take(SessionRules.WaiveGrace(Sessions, Holder(device).SessionId, Settings, Now));

    public Outcome KeepOut(string device, DateTime? until = null) =>
        Take(SessionRules.KeepOut(License.Id, Sessions, device, Settings, Now, "admin@example.com", "shared key", new KeptOutUntil(until)));

    /// <summary>A heartbeat that says just this.</summary>
    public Outcome Heartbeat(ClientMessage message) => Take(SessionRules.Heartbeat(License, Sessions, message, Settings, Now));

    public Outcome KeyReplaced() => Take(SessionRules.KeyReplaced(Sessions, Settings, Now, "admin@example.com", "leaked"));

    public Outcome LetIn(string device) => Take(SessionRules.LiftKeepOut(Sessions, device, Settings, Now, "admin@example.com", "called"));

    /// <summary>A check that says just this.</summary>
    public Outcome Check(ClientMessage message) => Take(SessionRules.Check(License, Sessions, message, Settings, Now));

    /// <summary>The signs of a device in two places among the last changes.</summary>
    public IReadOnlyList<CopySign> Signs => [.. Changes.OfType<SessionChange.CopySeen>().Select(seen => seen.Sign)];

    public bool NeedsSweep() => SessionRules.NeedsSweep(License, Sessions, Settings, Now);

    public bool MayBeWrittenLater(string device) => SessionRules.MayBeWrittenLater(Sessions, Says(device, null, "1.1.1.1", null), Settings, Now);

    public void Sweep() => Take(SessionRules.Sweep(License, Sessions, Settings, Now));

    public void Change(LicenseSnapshot license)
    {
        License = license;
        Take(SessionRules.LicenseChanged(license, Sessions, Settings, Now, "admin@example.com", null));
    }

    /// <summary>A gap of the server's that began at an instant of service time.</summary>
    public void Gap(long fromMs) => Sessions = Sessions with
    {
        Live = [.. Sessions.Live.Select(s => SessionRules.CreditGap(s, Settings, fromMs, Now.Ms))],
    };

    public LiveSession Holder(string device) => Sessions.Find(device) ?? throw new InvalidOperationException($"{device} holds nothing.");

    public EndReason? Ended(string device) => Changes.OfType<SessionChange.Ended>().SingleOrDefault(e => e.Session.Device == device)?.Reason;

    private static ClientMessage Says(string device, string? symbol, string address, string? metadata) => new(Key, device, address, Symbol: symbol, Metadata: metadata);

    private void Lose(Guid sessionId, long atMs, (string App, long DroppedMs)[] streamed, long leastMs) =>
        Take(SessionRules.LoseConnection(Sessions, sessionId, streamed.ToDictionary(one => one.App, one => one.DroppedMs, StringComparer.Ordinal), atMs, leastMs, Settings, Now));

    private Outcome Take(Decision decision)
    {
        Sessions = decision.Sessions;
        Changes = decision.Changes;
        return decision.Outcome;
    }
}
