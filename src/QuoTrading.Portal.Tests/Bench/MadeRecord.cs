using QuoTrading.Portal.Bench.Checking;
using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Tests.Bench;

/// <summary>
/// A record made by hand: one license, timeout 5 s, interval 2 s, 3 devices a seat. Every request takes 10 ms; times in seconds. All devices are in
/// one network until they move.
/// </summary>
internal sealed class MadeRecord(int seats = 1, params DeviceLayout[] devices)
{
    private readonly List<Operation> operations = [];
    private readonly List<Disturbance> disturbances = [];
    private readonly List<TimeoutChange> changes = [];
    private readonly List<HistoryRow> rows = [];
    private readonly List<TermsChange> terms = [];
    private readonly List<StreamRecord> streams = [];
    private readonly List<CopiesChange> copies = [];
    private readonly Dictionary<int, int> networks = [];
    private readonly DeviceLayout[] devices = devices.Length > 0 ? devices : [new("aaaaaaaa1", null), new("bbbbbbbb1", null), new("cccccccc1", null)];

    /// <summary>From now on the device asks from that network.</summary>
    public MadeRecord From(int network, params int[] moved)
    {
        foreach (var device in moved) networks[device] = network;
        return this;
    }

    /// <summary>Copied devices are refused from then on, or reported.</summary>
    public MadeRecord Refuses(double at, bool refuse = true)
    {
        copies.Add(new CopiesChange(Seconds(at), Seconds(at + 0.01), refuse));
        return this;
    }

    /// <summary>A login that proves its installation, and is given a token; or a heartbeat with a token, which perhaps gets a new one.</summary>
    public MadeRecord Proves(double at, int device, string session, Ask ask, string? token = null, string? given = null)
    {
        operations.Add(new Operation
        {
            License = 0,
            Device = device,
            Ask = ask,
            Address = AddressOf(device),
            App = "bot",
            Proves = ask == Ask.Login,
            Token = token,
            Sent = Seconds(at),
            Answered = Seconds(at + 0.01),
            Told = Told.Holds,
            SessionId = Id(session),
            NewToken = given,
        });
        return this;
    }

    /// <summary>What a message with this token was told.</summary>
    public MadeRecord TellsWith(double at, int device, string? token, Ask ask, Told told)
    {
        operations.Add(new Operation { License = 0, Device = device, Ask = ask, Address = AddressOf(device), App = "bot", Token = token, Sent = Seconds(at), Answered = Seconds(at + 0.01), Told = told });
        return this;
    }

    public MadeRecord Holds(double at, int device, string session, Ask ask = Ask.Heartbeat, string? named = null) => Add(at, device, ask, Told.Holds, named, o => o.SessionId = Id(session));

    public MadeRecord LogsIn(double at, int device, string session) => Holds(at, device, session, Ask.Login);

    /// <summary>A stream that is opened, and perhaps dropped; its session is told that it has ended where there is a reason.</summary>
    public MadeRecord Stream(double at, int device, string session, double? dropped = null, string? app = null, (double At, string Reason)? told = null, (double From, double To)? silent = null)
    {
        Add(at, device, Ask.Stream, Told.Holds, null, o => o.SessionId = Id(session), app: app);
        streams.Add(new StreamRecord(operations[^1])
        {
            Dropped = dropped is { } end ? Seconds(end) : null,
            Gone = told is { } last ? Seconds(last.At) : null,
            Silences = silent is { } gap ? [(Seconds(gap.From), Seconds(gap.To))] : [],
            LoggedOut = told is { } word ? (Seconds(word.At), word.Reason) : null,
        });
        return this;
    }

    public MadeRecord Beats(double at, int device, string session, string app) => Add(at, device, Ask.Heartbeat, Told.Holds, null, o => o.SessionId = Id(session), app: app);

    public MadeRecord Leaves(double at, int device, string session, string? app, bool handsOver = false) =>
        Add(at, device, Ask.Release, handsOver ? Told.HandedOver : Told.Released, session, o => o.SessionId = handsOver ? Id(session) : null, app: app, handsOver: handsOver);

    public MadeRecord Tells(double at, int device, Ask ask, Told told, string? named = null) => Add(at, device, ask, told, named, _ => { });

    public MadeRecord Conflict(double at, int device, string? holder = null) => Add(at, device, Ask.Login, Told.Conflict, null, o => o.ActiveDevice = holder);

    public MadeRecord LogOut(double at, int device, string session, bool keepOut = false, string reason = "forced_logout") =>
        Add(at, device, Ask.LogOut, Told.Ended, session, o => o.EndReason = reason, keepOut);

    public MadeRecord Lost(double at, int device, Ask ask, string? named = null, string? app = null)
    {
        operations.Add(new Operation { License = 0, Device = device, Ask = ask, Address = AddressOf(device), Named = named is null ? null : Id(named), App = app, Sent = Seconds(at), GivenUp = Seconds(at + 0.01) });
        return this;
    }

    /// <summary>A login that proves its installation, and whose answer was lost.</summary>
    public MadeRecord LosesLogin(double at, int device)
    {
        operations.Add(new Operation { License = 0, Device = device, Ask = Ask.Login, Address = AddressOf(device), App = "bot", Proves = true, Sent = Seconds(at), GivenUp = Seconds(at + 0.01) });
        return this;
    }

    public MadeRecord Suspended(double from, double to)
    {
        disturbances.Add(new Disturbance(DisturbanceKind.Suspension, Seconds(from), Seconds(from + 0.02), Seconds(to), Seconds(to)));
        return this;
    }

    public MadeRecord Killed(double from, double to)
    {
        disturbances.Add(new Disturbance(DisturbanceKind.Kill, Seconds(from), Seconds(from + 0.05), Seconds(from + 0.05), Seconds(to)));
        return this;
    }

    public MadeRecord Timeout(double at, int seconds)
    {
        changes.Add(new TimeoutChange(Seconds(at), Seconds(at + 0.01), TimeSpan.FromSeconds(seconds)));
        return this;
    }

    /// <summary>A change of the license: from then on it is so.</summary>
    public MadeRecord License(double at, Standing standing = Standing.Active, double? expires = null, int? to = null)
    {
        terms.Add(new TermsChange(0, Seconds(at), Seconds(at + 0.01), new Terms(standing, expires is { } end ? Seconds(end) : null, to ?? seats)));
        return this;
    }

    public MadeRecord Bad(double at, int device, Ask ask, string problem) => Add(at, device, ask, Told.LicenseBad, null, o => o.Problem = problem);

    /// <summary>The first device is told a timeout, in seconds, just when it is perhaps changed.</summary>
    public MadeRecord ToldTimeout(double at, int told, int? changedTo = null)
    {
        if (changedTo is { } seconds) Timeout(at, seconds);
        return Add(at, 0, Ask.Login, Told.Holds, null, o => (o.SessionId, o.Timeout) = (Id("s"), TimeSpan.FromSeconds(told)));
    }

    public MadeRecord Clears(double at, int device, int count) => Add(at, device, Ask.Clear, Told.Cleared, null, o => o.Count = count);

    public MadeRecord Row(int device, string session, double from, double? to, string? reason, bool isLive = false, int interruptions = 0)
    {
        rows.Add(new HistoryRow(Id(session), "key", devices[device].Fingerprint, DateTime.UnixEpoch + Seconds(from), to is { } end ? DateTime.UnixEpoch + Seconds(end) : null, reason, isLive, interruptions));
        return this;
    }

    public IEnumerable<Breach> Check() => Checker.Check(new RunRecord(
        [new LicenseLayout("key", seats, devices)], operations, disturbances, changes, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(2))
    {
        Rows = rows.Count > 0 ? rows : null,
        Terms = terms,
        Streams = streams,
        Copies = copies,
        DevicesPerSeat = 3,
        NewDevicesPerSeat = 4,
    })
        .Select(violation => violation.Breach);

    private string AddressOf(int device) => $"127.0.{networks.GetValueOrDefault(device, 1)}.{1 + device}";

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    // Like a UUIDv7, which begins with its time: "s@3" started after "t@2". Without a time nothing says which is older.
    private static string Id(string session) => session.Split('@') is [var name, var order]
        ? $"00000000-{int.Parse(order):x4}-7000-8000-{name.PadLeft(12, '0')}"
        : session.PadLeft(36, '0');

    private MadeRecord Add(double at, int device, Ask ask, Told told, string? named, Action<Operation> read, bool keepOut = false, string? app = null, bool handsOver = false)
    {
        var operation = new Operation { License = 0, Device = device, Ask = ask, Address = AddressOf(device), Named = named is null ? null : Id(named), KeepsOut = keepOut, App = app, HandsOver = handsOver, Sent = Seconds(at), Answered = Seconds(at + 0.01), Told = told };
        read(operation);
        operations.Add(operation);
        return this;
    }
}
