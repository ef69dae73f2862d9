using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Demo;

/// <summary>Invents the customers and the month before. Written before the first request, in a few large units.</summary>
internal sealed class DemoData(Writer writer, KeyVault vault, TimeProvider time)
{
    private const int Days = 30;

    /// <summary>Empty until <see cref="FillAsync"/> is done; then with the ids of their licenses.</summary>
    public IReadOnlyList<DemoCustomer> Customers { get; private set; } = [];

    public async Task FillAsync()
    {
        var now = time.GetUtcNow().UtcDateTime;
        var customers = DemoNames.Invent(now);
        await writer.RunAsync(unit =>
        {
            foreach (var customer in customers) Add(unit, customer);
            unit.Db.SessionSettings.Add(new SessionSettings { SessionTimeoutSeconds = 45, HeartbeatIntervalSeconds = 15, DisconnectGraceSeconds = 5 });
            return Task.CompletedTask;
        });
        var month = new DemoMonth(now.AddDays(-Days), now);
        foreach (var customer in customers) month.Live(customer);
        await writer.RunAsync(unit =>
        {
            month.Write(unit);
            return Task.CompletedTask;
        });
        Customers = customers;
    }

    private void Add(WriteUnit unit, DemoCustomer customer)
    {
        customer.CustomerId = LicenseTable.FindOrAddCustomer(unit, customer.Email, customer.Name, accountId: null, customer.CreatedAt).Id;
        var terms = new LicenseTerms(customer.Plan, customer.Status, customer.ExpiresAt, Seats: customer.Habit == DemoHabit.TwoMachines ? 2 : 1,
            customer.Status == LicenseStatus.Suspended ? "Chargeback in dispute." : null);
        customer.LicenseId = LicenseTable.Add(unit, customer.CustomerId, SealedKey.Of(customer.Key, vault), terms, customer.CreatedAt, customer.CreatedAt);
    }
}
