using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Sessions.Live;

/// <summary>On a real file.</summary>
public sealed class SqliteSessionStoreTests : SessionStoreContract, IAsyncLifetime
{
    private TestDatabase database = null!;
    private LicenseSnapshot license = null!;

    internal override ISessionStore Store => database.Get<ISessionStore>();

    internal override LicenseSnapshot License => license;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.CreateAsync(add: services => services.AddLicensing(), busySeconds: 1);
        var issued = Assert.IsType<IssueOutcome.Issued>(await database.Get<LicenseIssuer>().IssueAsync(Actors.Administrator, new("a@example.com", new LicenseTerm.Days(30))));
        license = (await database.Get<LicenseService>().FindAsync(issued.Licenses[0].Id))!.Snapshot;
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    protected override IDisposable TakeAway()
    {
        var other = database.Database.OpenConnection();
        other.BeginTransaction();
        return other;
    }
}
