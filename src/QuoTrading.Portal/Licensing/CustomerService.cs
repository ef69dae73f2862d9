using System.Globalization;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Licensing;

/// <summary>Corrects a customer's name and e-mail address, for all licenses of the customer at once.</summary>
public sealed class CustomerService(Writer writer, LicenseCache cache, IEnumerable<ILicenseWatcher> watchers, AuditLog audit)
{
    private readonly ILicenseWatcher[] watchers = [.. watchers];

    /// <summary>Corrects, calls the license watchers, and audits: one unit, durable when the task completes.</summary>
    /// <param name="seen">What the caller read before; null to correct without comparing.</param>
    /// <exception cref="ForbiddenException">The actor is no Administrator.</exception>
    /// <exception cref="StoreUnavailableException">Nothing was changed.</exception>
    public Task<CustomerOutcome> CorrectAsync(Actor actor, long customerId, CustomerIdentity wanted, CustomerIdentity? seen = null, string? reason = null,
        CancellationToken cancel = default)
    {
        actor.Require(PortalRole.Administrator);
        var errors = new List<FieldError>();
        if (!EmailAddress.TryNormalise(wanted.Email, out var email)) errors.Add(new("email", "This is no e-mail address; write it like name@example.com."));
        if (LicenseRules.CheckText("name", "customer's name", wanted.Name, LicenseRules.MaxName) is { } wrong) errors.Add(wrong);
        if (LicenseRules.CheckText("reason", "reason", reason, LicenseRules.MaxReason) is { } tooLong) errors.Add(tooLong);
        if (errors.Count > 0) return Task.FromResult<CustomerOutcome>(new CustomerOutcome.Invalid(errors));
        var after = new CustomerIdentity(email!, string.IsNullOrWhiteSpace(wanted.Name) ? null : wanted.Name.Trim());

        return writer.RunAsync<CustomerOutcome>(async unit =>
        {
            var customer = await unit.Db.Customers.SingleOrDefaultAsync(c => c.Id == customerId, cancel);
            if (customer is null) return new CustomerOutcome.NotFound();
            var before = new CustomerIdentity(customer.Email, customer.Name);
            if (seen is not null && before != seen) return new CustomerOutcome.Outdated(before);
            if (before == after) return new CustomerOutcome.Unchanged();
            if (await unit.Db.Customers.AnyAsync(c => c.Email == after.Email && c.Id != customerId, cancel))
                return new CustomerOutcome.Invalid([new("email", $"Another customer has the address {after.Email}; two customers cannot be made one.")]);

            var licenses = await unit.Db.Licenses.AsNoTracking().Where(l => l.CustomerId == customerId).ToListAsync(cancel);
            foreach (var license in licenses)
            {
                var was = LicenseSnapshot.Of(license, customer);
                var now = was with { CustomerEmail = after.Email, CustomerName = after.Name };
                // Each license gets an event, as long as the unit keeps its usual size.
                if (licenses.Count < Writer.MostRows)
                    foreach (var watcher in watchers) watcher.OnChanging(unit, was, now, actor, reason);
                cache.Follow(unit, was, now);
            }

            (customer.Email, customer.Name) = (after.Email, after.Name);
            audit.Add(unit.Db, actor, "customer.edit", "customer", customerId.ToString(CultureInfo.InvariantCulture), reason, before, after);
            return new CustomerOutcome.Corrected(after, licenses.Count);
        }, cancel: cancel);
    }
}

/// <summary>The e-mail address and the name of a customer.</summary>
public sealed record CustomerIdentity(string Email, string? Name);

/// <summary>The result of a correction.</summary>
public abstract record CustomerOutcome
{
    private CustomerOutcome()
    {
    }

    /// <param name="Licenses">How many licenses the customer has.</param>
    public sealed record Corrected(CustomerIdentity Customer, int Licenses) : CustomerOutcome;

    public sealed record Unchanged : CustomerOutcome;

    /// <summary>The customer changed after the caller read it: nothing was written.</summary>
    public sealed record Outdated(CustomerIdentity Current) : CustomerOutcome;

    public sealed record NotFound : CustomerOutcome;

    public sealed record Invalid(IReadOnlyList<FieldError> Errors) : CustomerOutcome;
}
