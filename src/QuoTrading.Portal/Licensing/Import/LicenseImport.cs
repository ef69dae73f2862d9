using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Licensing.Import;

/// <summary>Takes over the licenses of the system that the portal replaces. The same file twice does nothing the second time.</summary>
public sealed class LicenseImport(
    Writer writer,
    IDbContextFactory<PortalDbContext> contexts,
    KeyVault vault,
    LicenseDesk desk,
    AuditLog audit,
    TimeProvider time)
{
    private const int MostAttempts = 5;

    /// <summary>Reads a file. Whatever is wrong with it is in the result.</summary>
    public ImportFile Read(string fileName, ReadOnlySpan<byte> bytes) => ImportParser.Parse(fileName, bytes, time.GetUtcNow().UtcDateTime);

    /// <summary>What <see cref="ApplyAsync"/> would do now. Changes nothing, and holds up nobody.</summary>
    /// <exception cref="ForbiddenException">The actor is no Administrator.</exception>
    public async Task<ImportOutcome> PreviewAsync(Actor actor, ImportFile file, bool update, CancellationToken cancel = default)
    {
        actor.Require(PortalRole.Administrator);
        if (file.Errors.Count > 0) return new ImportOutcome.Rejected(file.Errors);
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await using var statements = await OpenAsync(db, cancel);
        var comparison = ImportComparison.Of(file, Query);
        return comparison.Errors.Count > 0
            ? new ImportOutcome.Rejected(comparison.Errors)
            : new ImportOutcome.Accepted(Report(file, comparison, comparison.CountNewCustomers(Query), update));

        DbDataReader Query(string sql, object value) => statements.Query(sql, [value]);
    }

    /// <summary>Imports all of the file, or nothing.</summary>
    /// <param name="update">Licenses that are there and differ take the file's plan, status and expiry, and their sessions follow.</param>
    /// <exception cref="ForbiddenException">The actor is no Administrator.</exception>
    /// <exception cref="StoreUnavailableException">Nothing was changed.</exception>
    public async Task<ImportOutcome> ApplyAsync(Actor actor, ImportFile file, bool update, CancellationToken cancel = default)
    {
        actor.Require(PortalRole.Administrator);
        if (file.Errors.Count > 0) return new ImportOutcome.Rejected(file.Errors);
        for (var attempt = 1; ; attempt++)
        {
            var (comparison, keys) = await PrepareAsync(file, cancel);
            if (comparison.Errors.Count > 0) return new ImportOutcome.Rejected(comparison.Errors);
            try
            {
                // The one unit that may be larger than Writer.MostRows: half an import is worse than a wait. What takes long,
                // comparing and encrypting, is done by now; in here rows are only stored.
                return new ImportOutcome.Accepted(await writer.RunAsync(unit => StoreAsync(unit, actor, file, comparison, keys, update, cancel), cancel: cancel));
            }
            catch (KeyTakenMeanwhileException) when (attempt < MostAttempts)
            {
                // Somebody added one of its keys since the comparison: compare again.
            }
        }
    }

    private async Task<ImportReport> StoreAsync(WriteUnit unit, Actor actor, ImportFile file, ImportComparison comparison,
        ConcurrentDictionary<string, SealedKey> keys, bool update, CancellationToken cancel)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var newCustomers = Add(unit, comparison.New, keys, now);
        if (update) await UpdateAsync(unit, comparison, actor, file, now, cancel);
        var report = Report(file, comparison, newCustomers, update);
        audit.Add(unit.Db, actor, "license.import", "file", file.FileName, after: new
        {
            file.Sha256,
            report.Added,
            report.NewCustomers,
            report.AlreadyThere,
            Differing = report.Differences.Count,
            report.Updated,
            report.Repeated,
        });
        return report;
    }

    // Compares, hashes and encrypts without the writer's turn.
    private async Task<(ImportComparison Comparison, ConcurrentDictionary<string, SealedKey> Keys)> PrepareAsync(ImportFile file, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await using var statements = await OpenAsync(db, cancel);
        var comparison = ImportComparison.Of(file, (sql, value) => statements.Query(sql, [value]));
        var keys = new ConcurrentDictionary<string, SealedKey>(StringComparer.Ordinal);
        if (comparison.Errors.Count == 0)
            Parallel.ForEach(comparison.New, new ParallelOptions { CancellationToken = cancel }, row => keys[row.Key] = SealedKey.Of(row.Key, vault));
        return (comparison, keys);
    }

    private static int Add(WriteUnit unit, List<ImportRow> rows, ConcurrentDictionary<string, SealedKey> keys, DateTime now)
    {
        var customers = new Dictionary<string, long>(StringComparer.Ordinal);
        var created = 0;
        foreach (var row in rows)
        {
            if (!customers.TryGetValue(row.Email, out var customer))
            {
                (customer, var isNew) = LicenseTable.FindOrAddCustomer(unit, row.Email, name: null, row.AccountId, row.CreatedAt ?? now);
                customers.Add(row.Email, customer);
                if (isNew) created++;
                else if (row.AccountId is not null) LicenseTable.FillAccountId(unit, customer, row.AccountId);
            }

            var terms = new LicenseTerms(row.Plan, row.Status, row.ExpiresAt, Seats: 1, Note: null);
            if (LicenseTable.Add(unit, customer, keys[row.Key], terms, row.CreatedAt ?? now, now) == 0) throw new KeyTakenMeanwhileException();
        }

        return created;
    }

    private async Task UpdateAsync(WriteUnit unit, ImportComparison comparison, Actor actor, ImportFile file, DateTime now, CancellationToken cancel)
    {
        foreach (var (row, difference) in comparison.Differing)
        {
            var license = await unit.Db.Licenses.Include(l => l.Customer).SingleAsync(l => l.Id == difference.LicenseId, cancel);
            var before = LicenseState.Of(license);
            (license.Plan, license.Status, license.ExpiresAt) = (row.Plan, row.Status, row.ExpiresAt);
            if (LicenseState.Of(license) == before) continue;
            desk.Record(unit, license, before, actor, "license.import", $"Import of {file.FileName}, line {row.Line}", now);
        }
    }

    private static async Task<QueryCache> OpenAsync(PortalDbContext db, CancellationToken cancel)
    {
        await db.Database.OpenConnectionAsync(cancel);
        return new QueryCache(db.Database.GetDbConnection());
    }

    private static ImportReport Report(ImportFile file, ImportComparison comparison, int newCustomers, bool update) => new(
        comparison.New.Count,
        newCustomers,
        comparison.Same,
        [.. comparison.Differing.Select(d => d.Difference)],
        update ? comparison.Differing.Count : 0,
        file.Repeated,
        file.Notices);

    private sealed class KeyTakenMeanwhileException : Exception;
}
