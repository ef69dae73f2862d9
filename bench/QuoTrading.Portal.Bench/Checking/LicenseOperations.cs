using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Checking;

/// <summary>The operations of one license, and what follows from them about who surely holds it and who may hold it.</summary>
internal sealed class LicenseOperations
{
    // Rule 4 of docs/protocol.md: the server ends what is to end within a second by itself.
    private static readonly TimeSpan SweptWithin = TimeSpan.FromSeconds(1.5);

    private readonly Operation[][] byDevice;
    private readonly Dictionary<Operation, TimeSpan> maybeUntil = [];
    private readonly Dictionary<string, List<Operation>> logOuts;
    private readonly Dictionary<string, TimeSpan> endedForGood = new(StringComparer.Ordinal);
    private readonly StreamDrops[] drops;
    private readonly TokenTimes[] tokens;
    private readonly int perSeat;
    private readonly LicenseEnds ends;

    public LicenseOperations(int number, LicenseLayout layout, IEnumerable<Operation> operations, IEnumerable<TermsChange> terms, Bounds bounds, StreamTimes streams, RunRecord record)
    {
        Number = number;
        Layout = layout;
        Bounds = bounds;
        Terms = new TermsOverTime(layout, terms, bounds);
        All = [.. operations.OrderBy(o => o.Sent)];
        byDevice = [.. Enumerable.Range(0, layout.Devices.Count).Select(device => All.Where(o => o.Device == device && o.Ask != Ask.LogOut).ToArray())];
        logOuts = All.Where(o => o.Ask == Ask.LogOut).GroupBy(o => o.Named!, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.ToList(), StringComparer.Ordinal);
        Grace = streams.Grace;
        Streams = [.. streams.Of(number)];
        drops = [.. byDevice.Select((own, device) => new StreamDrops(own, [.. Streams.Where(stream => stream.Opened.Device == device)], streams, bounds))];
        tokens = [.. byDevice.Select(own => new TokenTimes(own, bounds))];
        perSeat = record.DevicesPerSeat;
        Places = new Places(this);
        Copies = new Copies(this, record);
        foreach (var o in All)
        {
            var isEnd = (o.Named is not null && SurelyEnds(o)) || (o.Told == Told.Ended && o.EndReason is not (null or "timed_out"));
            if (isEnd) EndsForGood(o.Named!, o.Answered!.Value);
        }

        // Whoever lost his connection does not resume; whoever was silent for the timeout by then may.
        foreach (var last in All.Where(o => o.ProvesLife))
            if (drops[last.Device].SurelyOver(last) is { } over && Bounds.SurelyUntil(last, over) > over + SweptWithin
                && !byDevice[last.Device].Any(o => o.MayGrant && o.Sent < over && Bounds.Settled(o) > last.Answered && o != last)) EndsForGood(last.SessionId!, over + SweptWithin);

        ends = new LicenseEnds(this);
        foreach (var (session, end) in ends.Sure) EndsForGood(session, end.By);
    }

    public int Number { get; }

    public LicenseLayout Layout { get; }

    public Bounds Bounds { get; }

    public TermsOverTime Terms { get; }

    /// <summary>The sessions that the license surely ended, and why.</summary>
    public IReadOnlyDictionary<string, (TimeSpan By, IReadOnlySet<string> Reasons)> EndedByLicense => ends.Sure;

    public IReadOnlyList<Operation> All { get; }

    public IReadOnlyList<StreamRecord> Streams { get; }

    /// <summary>The disconnect grace.</summary>
    public TimeSpan Grace { get; }

    /// <summary>What the streams of a device may do to its sessions.</summary>
    public StreamDrops DropsOf(int device) => drops[device];

    /// <summary>In the order they were sent, without logouts.</summary>
    public IReadOnlyList<Operation> Of(int device) => byDevice[device];

    /// <summary>Where its devices are.</summary>
    public Places Places { get; }

    /// <summary>Which of its devices may look like two.</summary>
    public Copies Copies { get; }

    public TokenTimes Tokens(int device) => tokens[device];

    /// <summary>How many seats these devices need at the least.</summary>
    public int SeatsFor(IEnumerable<int> devices) => Layout.SeatsFor(devices, perSeat);

    /// <summary>Whether so many devices leave room for one more on a seat.</summary>
    public bool IsRoomBeside(int devices) => devices < perSeat;

    /// <summary>The other devices.</summary>
    public IEnumerable<int> Others(Operation o) => Enumerable.Range(0, Layout.Devices.Count).Where(device => device != o.Device);

    public IReadOnlyList<Operation> LogOutsOf(string session) => logOuts.GetValueOrDefault(session) ?? [];

    public Violation Breach(Breach breach, Operation at, string what) => new(breach, Number, at.Sent, $"device {at.Device}: {what}\n    {at}");

    /// <summary>From when on the session surely has ended by more than a time-out; null where nothing says so.</summary>
    public TimeSpan? EndedForGood(string session) => endedForGood.TryGetValue(session, out var at) ? at : null;

    /// <summary>The time in which the device surely holds the session that this answer granted or refreshed.</summary>
    /// <param name="except">An operation that does not count, though it may end the session: the one that is judged.</param>
    public (TimeSpan From, TimeSpan To) Surely(Operation success, Operation? except = null)
    {
        var (from, to) = SurelyButForLicense(success, except);
        return (from, ends.Cut(success, to));
    }

    /// <summary>The same if nothing about the license ends it.</summary>
    public (TimeSpan From, TimeSpan To) SurelyButForLicense(Operation success, Operation? except = null)
    {
        var answered = success.Answered!.Value;
        var next = TimeSpan.MaxValue;
        var cut = TimeSpan.MaxValue;
        var own = byDevice[success.Device];
        // Clients wait for one answer before they ask again, but a request that was given up may still be under way.
        var most = Bounds.SurelyUntil(success, next);
        for (var i = own.FirstNotBefore(success.Sent - TimeSpan.FromSeconds(60), o => o.Sent); i < own.Length && own[i].Sent < most; i++)
        {
            var o = own[i];
            if (o == except || o == success) continue;
            var mayEnd = o.Ask == Ask.Release && (o.Named is null || o.Named == success.SessionId) && MayEnd(o) && !IsForeign(o, success);
            // A message from elsewhere may have been the one at which it was found apart.
            mayEnd |= o.Told is Told.Conflict or Told.Nothing && Places.MayPart(o);
            if (mayEnd && Bounds.Settled(o) > success.Sent && o.Sent < cut) cut = o.Sent;
            if (o.Sent > answered && (o.Ask is Ask.Login || o.IsBeat || o.HandsOver) && o.Sent < next) next = o.Sent;
        }

        foreach (var o in LogOutsOf(success.SessionId!))
            if (Bounds.Settled(o) > success.Sent && o.Sent < cut) cut = o.Sent;
        var until = Bounds.SurelyUntil(success, next);
        if (drops[success.Device].Earliest(success, until) is { } lost && lost < cut) cut = lost;
        return (answered, cut < until ? cut : until);
    }

    /// <summary>The session that the device surely holds from before this was sent until after it was answered; null if none.</summary>
    public string? SurelyHeld(int device, Operation during)
    {
        var own = byDevice[device];
        for (var i = own.FirstNotBefore(during.Sent, o => o.Sent) - 1; i >= 0 && own[i].Sent > during.Sent - Bounds.Horizon; i--)
        {
            if (!own[i].ProvesLife || own[i] == during) continue;
            // The last answer tells most; the client waited for it.
            return own[i].Answered < during.Sent && Surely(own[i], during).To > during.Answered ? own[i].SessionId : null;
        }

        return null;
    }

    /// <summary>Whether the device may have held a session at any time while this was under way.</summary>
    /// <param name="session">Only this one counts; null: any.</param>
    /// <param name="within">So long before counts as well.</param>
    public bool MayHold(int device, Operation during, string? session = null, TimeSpan within = default)
    {
        var until = Bounds.Settled(during);
        if (session is not null && endedForGood.TryGetValue(session, out var ended) && ended <= during.Sent) return false;
        var own = byDevice[device];
        for (var i = own.FirstNotBefore(until, o => o.Sent) - 1; i >= 0 && own[i].Sent > during.Sent - Bounds.Horizon; i--)
        {
            var o = own[i];
            if (o == during || !o.MayGrant) continue;
            if (session is not null && o.SessionId is not null && o.SessionId != session) continue;
            if (session is not null && o.SessionId is null && o.Named is not null && o.Named != session) continue;
            if (MaybeUntil(o) is var over && (over == TimeSpan.MaxValue || Bounds.Stretch(over, within) > during.Sent)) return true;
        }

        return false;
    }

    /// <summary>From when on the device surely does not hold any more what it may have got by this operation.</summary>
    public TimeSpan MaybeUntil(Operation grant)
    {
        if (maybeUntil.TryGetValue(grant, out var known)) return known;
        var until = StaleBy(grant);
        var settled = Bounds.Settled(grant);
        var own = byDevice[grant.Device];
        for (var i = own.FirstNotBefore(settled, o => o.Sent); i < own.Length && own[i].Sent < until; i++)
        {
            if (!TellsOfNone(own[i], grant.SessionId)) continue;
            if (own[i].Answered < until) until = own[i].Answered!.Value;
            break;
        }

        if (grant.SessionId is not null)
            foreach (var o in LogOutsOf(grant.SessionId))
                if (o.Told == Told.Ended && o.Sent >= settled && o.Answered < until) until = o.Answered!.Value;
        foreach (var end in Terms.Ends)
            if (end.IsSure && end.Seats is null && settled <= end.Until && end.To < until) until = end.To;
        return maybeUntil[grant] = until;
    }

    /// <summary>From when on a session surely is stale, or lost its connection, that was last granted or refreshed by this operation.</summary>
    public TimeSpan StaleBy(Operation grant)
    {
        var until = Bounds.MaybeUntil(grant);
        return drops[grant.Device].SurelyOver(grant) is { } over && over < until ? over : until;
    }

    /// <summary>Whether a release may end its session: not if it hands over, or if another program of the device surely is live in it.</summary>
    public bool MayEnd(Operation release) => !release.HandsOver && (release.App is null || !byDevice[release.Device].Any(o =>
        o.Told == Told.Holds && o.App != release.App && o.Answered < release.Sent && release.Answered is { } answered
        && o.SessionId == release.Named && o.Sent + Bounds.ShortestTimeout(o.Sent, answered) > answered && !Bounds.IsDisturbed(o.Sent, answered)
        && !byDevice[release.Device].Any(other => other != release && other.Ask == Ask.Release && other.Sent < answered && Bounds.Settled(other) > o.Sent)));

    /// <summary>
    /// Whether a release surely ended its session: no other program may be live in it. Whoever a program handed over to counts from then
    /// on, though it has said nothing.
    /// </summary>
    public bool SurelyEnds(Operation o) => o.Told == Told.Released && (o.App is null || !byDevice[o.Device].Any(other =>
        (other.App != o.App || other.HandsOver) && other.MayGrant && other.MayBeOf(o.Named ?? other.SessionId ?? "") && other.Sent < o.Answered && Bounds.MayBeRecent(other, o.Sent, o.Answered!.Value)));

    // Whoever does not prove the installation of a proven session changes nothing, unless he was in it before.
    private bool IsForeign(Operation o, Operation success) =>
        Layout.Devices[o.Device].Proves && (success.Token ?? success.NewToken) is not null && o.Token is null && o.Told != Told.Released
        && !byDevice[o.Device].Any(before => before.Token is null && !before.Proves && before.Told == Told.Holds && before.SessionId == success.SessionId);

    private void EndsForGood(string session, TimeSpan by)
    {
        if (!endedForGood.TryGetValue(session, out var known) || by < known) endedForGood[session] = by;
    }

    // The device itself was told that it holds nothing, or not this session.
    private bool TellsOfNone(Operation o, string? session) => !(Layout.Devices[o.Device].Proves && !o.Proves && !tokens[o.Device].IsRight(o)) && o.Told switch
    {
        Told.Released => SurelyEnds(o) && (o.Named is null || o.Named == session),
        Told.NothingHeld => o.Named is null || o.Named == session,
        Told.Conflict => !Copies.MayRefuse(o),
        Told.ForcedOut or Told.KeptOut => true,
        // Not LicenseBad: what a license that just expired had, the server ends a moment later, and an extension may come first.
        Told.SessionOver => o.Named is null || o.Named == session,
        _ => false,
    };
}
