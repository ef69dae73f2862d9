using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Storage.Sqlite;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.History;

/// <summary>What support has on the phone finds sessions and events: a name, a part of an address, a key as it is read out, the name of a computer.</summary>
public sealed class WordSearchTests : IAsyncLifetime
{
    private TestDatabase database = null!;
    private IssuedLicense ada = null!;
    private IssuedLicense bert = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(add: services => services.AddLicensing().AddReading());
        ada = await IssueAsync("ada.lind@northgate.example", "Ada Lindqvist");
        bert = await IssueAsync("bert@example.com", "Bert O'Hara");
        await AddAsync(ada.Id, "3f9a1c0d", "OFFICE-PC");
        await AddAsync(ada.Id, "77aa", null);
        await AddAsync(bert.Id, "office-1", "Laptop");
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    public static TheoryData<SessionFilter, int> Filters => new()
    {
        { new(Words: "lindqvist"), 2 },
        { new(Words: "NORTHGATE ada"), 2 },
        { new(Words: "ada bert"), 0 },
        { new(Words: "o'hara"), 1 },
        { new(Words: "100%"), 0 },
        { new(Words: "example", LicenseId: 2), 1 },
        { new(Named: TextMatch.Parse("office")), 2 },
        { new(Named: TextMatch.Parse("OFFICE")), 1 },
        { new(Named: TextMatch.Parse("=office-pc")), 1 },
        { new(Named: TextMatch.Parse("=office")), 0 },
        { new(Named: TextMatch.Parse("3f9a")), 1 },
        { new(Named: TextMatch.Parse("77")), 1 },
        { new(Words: "bert", Named: TextMatch.Parse("office")), 1 },
        { new(Words: "ada", Named: TextMatch.Parse("lap")), 0 },
        { new(Words: "ada", Address: TextMatch.Parse("192.0.2.1"), IsLive: true), 2 },
    };

    [Theory, MemberData(nameof(Filters))]
    public async Task Words_and_names_find_what_they_say(SessionFilter filter, int expected)
    {
        Assert.Equal(expected, (await database.Get<SessionQueries>().ReadAsync(filter, PageRequest.First)).Items.Count);
        Assert.Equal(new Counted(expected, OrMore: false), await database.Get<SessionQueries>().CountAsync(filter));
        var events = new EventFilter(LicenseId: filter.LicenseId, Words: filter.Words, Named: filter.Named, Address: filter.Address);
        Assert.Equal(expected, (await database.Get<EventQueries>().ReadAsync(events, PageRequest.First)).Items.Count);
        Assert.Equal(new Counted(expected, OrMore: false), await database.Get<EventQueries>().CountAsync(events));
    }

    [Fact]
    public async Task A_key_is_found_by_its_groups_as_they_are_read_out()
    {
        foreach (var groups in new[] { ada.Key, ada.Key[..11], ada.Key[^5..].ToLowerInvariant(), ada.Key.Replace('-', ' ') })
            Assert.Equal(2, (await database.Get<SessionQueries>().ReadAsync(new(Words: groups), PageRequest.First)).Items.Count);
    }

    [Fact]
    public async Task A_device_is_found_by_the_name_it_gave_last_and_forgotten_with_its_license()
    {
        await AddAsync(ada.Id, "77aa", "Studio");
        Assert.Equal(2, (await database.Get<SessionQueries>().ReadAsync(new(Named: TextMatch.Parse("stud")), PageRequest.First)).Items.Count);
        Assert.Equal("Studio", (await database.Get<DeviceNames>().OfAsync([(ada.Id, "77aa"), (bert.Id, "77aa")]))[(ada.Id, "77aa")]);
        await database.Writer.RunAsync(unit =>
        {
            new CommitRows(unit).Anonymise(ada.Id);
            return Task.CompletedTask;
        });
        Assert.Empty((await database.Get<SessionQueries>().ReadAsync(new(Named: TextMatch.Parse("stud")), PageRequest.First)).Items);
    }

    /// <summary>By the plans that SQLite says, with nothing known of how many rows there are: no look at all of what happened.</summary>
    [Fact]
    public async Task Licenses_and_devices_that_were_found_lead_by_an_index()
    {
        List<long> licenses = [ada.Id, bert.Id];
        List<string> devices = ["3f9a1c0d", "77aa"];
        var name = TextMatch.Parse("office")!;
        await using var db = await database.Get<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync();
        foreach (var (index, query) in new (string, IQueryable<object>)[]
        {
            ("IX_SessionHistory_LicenseId_SessionId", db.SessionHistory.Where(r => licenses.Contains(r.LicenseId)).OrderByDescending(r => r.SessionId).Take(51)),
            ("IX_SessionHistory_Device_SessionId", name.InOrAmong(db.SessionHistory, r => r.Device, devices).OrderByDescending(r => r.SessionId).Take(51)),
            ("IX_SessionEvents_LicenseId_Id", db.SessionEvents.Where(e => e.LicenseId != null && licenses.Contains(e.LicenseId.Value)).OrderByDescending(e => e.Id).Take(51)),
            ("IX_SessionEvents_Device_Id", name.InOrAmong(db.SessionEvents, e => e.Device, devices).OrderByDescending(e => e.Id).Take(51)),
            ("IX_LicenseDevices_Name", name.In(db.LicenseDevices, d => d.Name).Select(d => d.Device).Take(51)),
        })
        {
            var plan = await ExplainAsync(db, query);
            Assert.Contains(index, plan, StringComparison.Ordinal);
            Assert.DoesNotContain("SCAN ", plan.Replace("SCAN s0", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    private static async Task<string> ExplainAsync(PortalDbContext db, IQueryable<object> query)
    {
        await using var command = query.CreateDbCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + command.CommandText;
        await db.Database.OpenConnectionAsync();
        await using var rows = await command.ExecuteReaderAsync();
        var steps = new List<string>();
        while (await rows.ReadAsync()) steps.Add(rows.GetString(3));
        return string.Join("; ", steps);
    }

    private async Task<IssuedLicense> IssueAsync(string email, string name) =>
        ((IssueOutcome.Issued)await database.Get<LicenseIssuer>().IssueAsync(Actors.Administrator, new LicenseOrder(email, new LicenseTerm.Days(3), CustomerName: name))).Licenses[0];

    private Task AddAsync(long license, string device, string? name) => database.Writer.RunAsync(async unit =>
    {
        database.Time.Advance(TimeSpan.FromSeconds(1));
        var now = database.Time.Now.UtcDateTime;
        unit.Db.SessionHistory.Add(new PastSession
        {
            SessionId = Guid.CreateVersion7(database.Time.Now),
            LicenseId = license,
            CustomerEmail = "as it was@example.com",
            KeyMasked = "ABCD-…-WXYZ",
            Plan = "MONTHLY",
            Device = device,
            DeviceName = name,
            Address = "192.0.2.1",
            StartedAt = now,
        });
        unit.Db.SessionEvents.Add(new SessionEvent { At = now, LastAt = now, Kind = EventKind.LoggedIn, LicenseId = license, Device = device, Address = "192.0.2.1" });
        if (await unit.Db.LicenseDevices.FindAsync(license, device) is { } known) known.Name = name ?? known.Name;
        else unit.Db.LicenseDevices.Add(new LicenseDevice { LicenseId = license, Device = device, Name = name, FirstSeenAt = now, LastLoginAt = now, Logins = 1 });
    });
}
