using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.Sessions.Rules;
using Xunit;

namespace QuoTrading.Portal.Tests.Sessions.Live;

/// <summary>What the session registry relies on, whatever keeps its sessions.</summary>
public abstract class SessionStoreContract
{
    private static readonly Instant Now = new(5000, RulesTable.Noon);

    internal abstract ISessionStore Store { get; }

    internal abstract LicenseSnapshot License { get; }

    /// <summary>Lets the store take no commits until the result is disposed.</summary>
    protected abstract IDisposable TakeAway();

    [Fact]
    public async Task What_is_committed_is_what_is_read()
    {
        var session = Session("A") with { App = "bot", Symbol = "ES", Proof = new SessionProof("install", [new TokenChain("bot", ["hash"], true)]) };
        var mark = new DeviceMark { LicenseId = License.Id, Device = "X", Kind = MarkKind.KeptOut, Until = Now.Utc.AddDays(1), SetAt = Now.Utc, SetBy = "ada", Reason = "why" };
        var settings = new SessionSettings { SessionTimeoutSeconds = 77, ChangedAt = Now.Utc, ChangedBy = "ada" };
        await CommitAsync(Of(new SessionChange.Started(session, ByHeartbeat: false), new SessionChange.Marked(mark)) with { Settings = settings });

        await LookAsync(stored =>
        {
            var sessions = Assert.Single(stored.LoadSessions(Now.Ms));
            Assert.Equal(License.Id, sessions.Key);
            var read = Assert.Single(sessions.Value.Live);
            Assert.Equal((session.SessionId, "A", "bot", "ES", 1, true, 5000), (read.SessionId, read.Device, read.App, read.Symbol, read.Seat, read.SeatLead, read.LastSeenMs));
            Assert.Equal("install", read.Proof?.Install);
            Assert.Equal(mark, Assert.Single(sessions.Value.Marks));
            Assert.Equal(settings, stored.LoadSettings());
            Assert.Equal(Now.Ms, stored.LoadServiceTime());
            Assert.Equal([(License.Id, "A")], stored.LoadBound());
            Assert.Equal("install", stored.FindInstall(License.Id, "A"));
            Assert.Null(stored.FindInstall(License.Id, "B"));
            Assert.Equal(License, stored.FindLicense(License.Key));
            Assert.Equal(License, stored.FindLicense(License.Id));
            Assert.Equal([License], stored.LoadLicensesInUse());
            Assert.Null(stored.FindLicense(KeyHash.Of("no such key")));
        });
    }

    [Fact]
    public async Task An_end_completes_the_row_of_history_and_a_resume_opens_it_again()
    {
        var session = Session("A");
        await CommitAsync(Of(new SessionChange.Started(session, ByHeartbeat: false)));
        await CommitAsync(Of(new SessionChange.Ended(session with { Symbol = "NQ" }, EndReason.TimedOut)));
        await LookAsync(stored =>
        {
            var record = stored.FindRecord(session.SessionId)!;
            Assert.Equal((EndReason.TimedOut, Now.Utc, Now.Ms, "NQ", License.CustomerEmail), (record.EndReason, record.EndedAt, record.EndedMs, record.Symbol, record.CustomerEmail));
            var sessions = Assert.Single(stored.LoadSessions(Now.Ms)).Value;
            Assert.Empty(sessions.Live);
            Assert.Equal(session.SessionId, Assert.Single(sessions.Resumable).Session.SessionId);
        });

        await CommitAsync(Of(new SessionChange.Resumed(session with { Interruptions = 1 })));
        await LookAsync(stored =>
        {
            var record = stored.FindRecord(session.SessionId)!;
            Assert.Equal((null, null, 1), (record.EndReason, record.EndedAt, record.Interruptions));
            Assert.Single(Assert.Single(stored.LoadSessions(Now.Ms)).Value.Live);
            Assert.Null(stored.FindRecord(Guid.CreateVersion7()));
        });
    }

    [Fact]
    public async Task What_a_command_changed_is_newer_than_what_was_refreshed_before()
    {
        var session = Session("A");
        await CommitAsync(Of(new SessionChange.Started(session, ByHeartbeat: false)));
        await CommitAsync(Of(new SessionChange.Refreshed(session with { LastSeenMs = 4000 })) with { Refreshed = [session with { LastSeenMs = 3000 }] });
        await LookAsync(stored => Assert.Equal(4000, Assert.Single(Assert.Single(stored.LoadSessions(Now.Ms)).Value.Live).LastSeenMs));
    }

    [Fact]
    public async Task An_event_gets_a_row_that_counts_others_along()
    {
        var first = await CommitAsync(new Commit { Now = Now, Events = [new EventEntry(Refusal(), 0), new EventEntry(Refusal(), 0)] });
        var (row, other) = (first.EventRows[0], first.EventRows[1]);
        Assert.NotEqual(row, other);
        Assert.Equal([row], (await CommitAsync(new Commit { Now = Now, Events = [new EventEntry(Refusal(), row)] })).EventRows);
        long[] known = [row, other, 1234567];
        Assert.DoesNotContain(Assert.Single((await CommitAsync(new Commit { Now = Now, Events = [new EventEntry(Refusal(), 1234567)] })).EventRows), known);
    }

    [Theory]
    [InlineData("A", 2)]
    [InlineData("B", 1)]
    public async Task A_second_session_of_a_device_and_a_second_holder_of_a_seat_are_a_conflict_that_names_the_command(string device, int seat)
    {
        var held = Session("A");
        await CommitAsync(Of(new SessionChange.Started(held, ByHeartbeat: false)));
        var mark = new DeviceMark { LicenseId = License.Id, Device = "X", Kind = MarkKind.KeptOut, SetAt = Now.Utc, SetBy = "ada" };
        var commit = Of(new SessionChange.Marked(mark), new SessionChange.Started(Session(device, seat), ByHeartbeat: false));
        CommitOutcome.Durable? settled = new([]);
        var conflict = Assert.IsType<CommitOutcome.Conflict>(await Store.CommitAsync(_ => commit, durable => settled = durable));

        Assert.Equal(1, conflict.Command);
        Assert.Null(settled);
        await LookAsync(stored =>
        {
            var sessions = Assert.Single(stored.LoadSessions(Now.Ms)).Value;
            Assert.Equal(held.SessionId, Assert.Single(sessions.Live).SessionId);
            Assert.Empty(sessions.Marks);
        });
    }

    [Fact]
    public async Task Where_deciding_fails_nothing_is_changed_and_the_caller_hears_of_it()
    {
        var settled = 0;
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => Store.CommitAsync(_ => throw new InvalidOperationException("a rule"), durable => settled += durable is null ? 1 : 10));
        Assert.Equal(("a rule", 1), (failure.Message, settled));
    }

    [Fact]
    public async Task A_store_that_takes_no_commits_says_so_and_goes_on_when_it_can()
    {
        using (TakeAway())
        {
            CommitOutcome.Durable? settled = new([]);
            var outcome = await Store.CommitAsync(_ => Of(new SessionChange.Started(Session("A"), ByHeartbeat: false)), durable => settled = durable);
            Assert.IsType<CommitOutcome.Unavailable>(outcome);
            Assert.Throws<StoreUnavailableException>(outcome.ThrowUnlessDurable);
            Assert.True(Store.IsDown);
        }

        await LookAsync(stored => Assert.Empty(stored.LoadSessions(Now.Ms)));
        Assert.False(Store.IsDown);
    }

    [Fact]
    public async Task Memory_follows_before_the_next_decides()
    {
        var steps = new List<string>();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(i => Task.Run(() => Store.CommitAsync(
            _ =>
            {
                steps.Add("decides");
                return new Commit { Now = Now };
            },
            _ => steps.Add("follows")), TestContext.Current.CancellationToken)));
        Assert.Equal(["decides", "follows", "decides", "follows", "decides", "follows"], steps);
    }

    [Fact]
    public async Task Of_a_deleted_license_what_happened_stays_without_whom_it_happened_to()
    {
        var session = Session("A") with { Proof = new SessionProof("install", []) };
        var mark = new DeviceMark { LicenseId = License.Id, Device = "X", Kind = MarkKind.KeptOut, SetAt = Now.Utc, SetBy = "ada" };
        await CommitAsync(Of(new SessionChange.Started(session, ByHeartbeat: false), new SessionChange.Marked(mark)));
        await CommitAsync(Of(new SessionChange.Ended(session, EndReason.LicenseDeleted)) with { Anonymised = License.Id });
        await LookAsync(stored =>
        {
            var record = stored.FindRecord(session.SessionId)!;
            Assert.Equal((0, "(deleted)", "(deleted)", "A"), (record.CustomerId, record.CustomerEmail, record.Address, record.Device));
            Assert.Empty(stored.LoadSessions(Now.Ms));
            Assert.Empty(stored.LoadBound());
        });
    }

    private LiveSession Session(string device, int seat = 1) => new()
    {
        SessionId = Guid.CreateVersion7(),
        LicenseId = License.Id,
        Device = device,
        Seat = seat,
        SeatLead = true,
        Address = "1.1.1.1",
        HomeAddress = "1.1.1.1",
        StartedAt = Now.Utc,
        LastSeenAt = Now.Utc,
        LastSeenMs = Now.Ms,
    };

    private SessionEvent Refusal() => new() { Kind = EventKind.Refused, Code = "session_conflict", At = Now.Utc, LastAt = Now.Utc, LicenseId = License.Id };

    private Commit Of(params SessionChange[] changes) => new() { Now = Now, Changes = [.. changes.Select((change, i) => new DecidedChange(change, License, i))] };

    private async Task<CommitOutcome.Durable> CommitAsync(Commit commit)
    {
        CommitOutcome.Durable? settled = null;
        var durable = Assert.IsType<CommitOutcome.Durable>(await Store.CommitAsync(_ => commit, outcome => settled = outcome));
        Assert.Same(durable, settled);
        return durable;
    }

    private async Task LookAsync(Action<IStoredSessions> look) => (await Store.CommitAsync(
        stored =>
        {
            look(stored);
            return new Commit { Now = Now };
        },
        _ => { })).ThrowUnlessDurable();
}
