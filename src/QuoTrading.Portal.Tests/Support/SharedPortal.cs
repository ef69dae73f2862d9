using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Storage;
using Xunit;

namespace QuoTrading.Portal.Tests.Support;

/// <summary>One server for the tests of a class; each of them has its own license.</summary>
public class SharedPortal : IAsyncLifetime
{
    public PortalServer Server { get; private set; } = null!;

    /// <summary>Settings of the installation, as in the environment.</summary>
    protected virtual IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(StringComparer.Ordinal);

    public async ValueTask InitializeAsync() => Server = await PortalServer.StartAsync(Settings);

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Server.DisposeAsync();
    }

    /// <summary>The history of a license, oldest first.</summary>
    public Task<IReadOnlyList<PastSession>> HistoryAsync(long licenseId) =>
        ReadAsync<IReadOnlyList<PastSession>>(async db => await db.SessionHistory.AsNoTracking().Where(r => r.LicenseId == licenseId).OrderBy(r => r.StartedAt).ThenBy(r => r.SessionId).ToListAsync());

    /// <summary>The events of a license, oldest first.</summary>
    public Task<IReadOnlyList<SessionEvent>> EventsAsync(long licenseId) =>
        ReadAsync<IReadOnlyList<SessionEvent>>(async db => await db.SessionEvents.AsNoTracking().Where(e => e.LicenseId == licenseId).OrderBy(e => e.Id).ToListAsync());

    /// <summary>What the audit log says of one target, oldest first.</summary>
    public Task<IReadOnlyList<AuditEntry>> AuditAsync(string target) =>
        ReadAsync<IReadOnlyList<AuditEntry>>(async db => await db.AuditEntries.AsNoTracking().Where(a => a.Target == target).OrderBy(a => a.Id).ToListAsync());

    /// <summary>A new license and so many machines of different customers who know its key.</summary>
    public async Task<(IssuedLicense License, ClientDevice A, ClientDevice B)> CreateDevicesAsync(int seats = 1, string plan = "MONTHLY", LicenseTerm? term = null)
    {
        var license = await Server.CreateLicenseAsync(seats: seats, plan: plan, term: term);
        return (license, Device(license.Key), Device(license.Key));
    }

    /// <summary>A device on a machine of its own.</summary>
    public ClientDevice Device(string key) => new(Server, key, Machine.Create().Fingerprint);

    public async Task<T> ReadAsync<T>(Func<PortalDbContext, Task<T>> read)
    {
        await using var db = await Server.Services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync();
        return await read(db);
    }
}
