using System.Globalization;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Licensing;

/// <summary>Creates licenses with keys of our own.</summary>
public sealed class LicenseIssuer(Writer writer, KeyVault vault, AuditLog audit, TimeProvider time)
{
    // The first unit also has the customer and the audit entry.
    private const int PerUnit = Writer.MostRows - 2;

    /// <summary>
    /// Creates the licenses of an order, in units of at most <see cref="Writer.MostRows"/> rows. One audit entry, in the first unit,
    /// covers all.
    /// </summary>
    /// <param name="onDurable">
    /// Called with the licenses of each unit once it is durable. When a large order fails half-way, these licenses stay stored in spite
    /// of the exception.
    /// </param>
    /// <exception cref="ForbiddenException">The actor is no Administrator.</exception>
    /// <exception cref="StoreUnavailableException">A unit was not stored; what <paramref name="onDurable"/> received stays.</exception>
    public async Task<IssueOutcome> IssueAsync(Actor actor, LicenseOrder order, Action<IReadOnlyList<IssuedLicense>>? onDurable = null,
        CancellationToken cancel = default)
    {
        actor.Require(PortalRole.Administrator);
        var now = time.GetUtcNow().UtcDateTime;
        var errors = LicenseRules.Check(order, now);
        if (errors.Count > 0 || !EmailAddress.TryNormalise(order.Email, out var email)) return new IssueOutcome.Invalid(errors);

        var terms = new LicenseTerms(order.Plan.Trim(), LicenseStatus.Active, order.Term.From(now), order.Seats, Blank(order.Note));
        var issued = new List<IssuedLicense>(order.Count);
        long? customerId = null;
        var next = MakeKeysAsync(order.Count);
        while (issued.Count < order.Count)
        {
            // The next keys are made while these are written to the disk.
            var keys = await next;
            next = MakeKeysAsync(order.Count - issued.Count - keys.Count);
            var stored = await writer.RunAsync(unit => Task.FromResult(Store(unit, keys)), cancel: cancel);
            issued.AddRange(stored);
            onDurable?.Invoke(stored);
        }

        return new IssueOutcome.Issued(issued, customerId!.Value, terms.ExpiresAt);

        List<IssuedLicense> Store(WriteUnit unit, List<(string Text, SealedKey Sealed)> keys)
        {
            var isFirst = customerId is null;
            var customer = customerId ?? LicenseTable.FindOrAddCustomer(unit, email, Blank(order.CustomerName), accountId: null, now).Id;
            var stored = keys.ConvertAll(key => new IssuedLicense(LicenseTable.Add(unit, customer, key.Sealed, terms, now, now), key.Text));
            if (stored.Exists(license => license.Id == 0)) throw new InvalidOperationException("Two keys of 125 random bits were the same: the random generator is broken.");
            if (isFirst) Audit(unit, customer, stored[0]);
            unit.OnCommitted(() => customerId = customer);
            return stored;
        }

        void Audit(WriteUnit unit, long customer, IssuedLicense first)
        {
            var after = new
            {
                Customer = email,
                Key = order.Count == 1 ? LicenseKey.Mask(first.Key) : null,
                order.Count,
                terms.Plan,
                terms.ExpiresAt,
                terms.Seats,
                terms.Note,
            };
            if (order.Count == 1) audit.Add(unit.Db, actor, "license.create", "license", Text(first.Id), after: after);
            else audit.Add(unit.Db, actor, "license.create", "customer", Text(customer), after: after);
        }
    }

    private Task<List<(string Text, SealedKey Sealed)>> MakeKeysAsync(int left) => Task.Run(() =>
    {
        var keys = new List<(string, SealedKey)>(Math.Min(left, PerUnit));
        while (keys.Count < Math.Min(left, PerUnit))
        {
            var key = LicenseKey.Create();
            keys.Add((key, SealedKey.Of(key, vault)));
        }

        return keys;
    });

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);
}
