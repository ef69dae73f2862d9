using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Accounts.Audit;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Licensing.Import;

/// <summary>Imports the licenses of the system that the portal replaces. Importing the same file again changes nothing.</summary>
public sealed class LicenseImport(
    Writer writer,
    IDbContextFactory<PortalDbContext> contexts,
    KeyVault vault,
    LicenseService service,
    AuditLog audit,
    TimeProvider time)
{
    private const int MostAttempts = 5;

    // Rows of a step for one license: the license and its customer; for an update also events, the audit entry and the sessions that end.
    private const int RowsOfNew = 2;
    private const int RowsOfUpdate = 5;

    // Between two steps, so that a server beside the command line gets the database lock, which it polls. Measured in real time, not by
    // the clock of sessions.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>Reads a file. The result contains all errors of the file.</summary>
    public ImportFile Read(string fileName, ReadOnlySpan<byte> bytes) => ImportParser.Parse(fileName, bytes, time.GetUtcNow().UtcDateTime);

    /// <summary>What <see cref="ApplyAsync"/> would do now. Changes nothing, and does not use the writer.</summary>
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
            : new ImportOutcome.Accepted(new ImportReport(
                comparison.New.Count, comparison.CountNewCustomers(Query), comparison.Same, [.. Differences(comparison)], update ? comparison.Differing.Count : 0, file.Repeated, file.Notices));

        DbDataReader Query(string sql, object value) => statements.Query(sql, [value]);
    }

    /// <summary>
    /// Imports a file without errors, in steps of at most <see cref="Writer.MostRows"/> rows. Each step is a unit, so that clients are
    /// answered in between. A file of one step is imported as a whole or not at all.
    /// </summary>
    /// <param name="update">Stored licenses that differ take the file's plan, status and expiry, which may end sessions.</param>
    /// <exception cref="ForbiddenException">The actor is no Administrator.</exception>
    /// <exception cref="ImportInterruptedException">The store failed after the first step; the same file again does the rest.</exception>
    /// <exception cref="StoreUnavailableException">Nothing was changed.</exception>
    public async Task<ImportOutcome> ApplyAsync(Actor actor, ImportFile file, bool update, CancellationToken cancel = default)
    {
        actor.Require(PortalRole.Administrator);
        if (file.Errors.Count > 0) return new ImportOutcome.Rejected(file.Errors);
        var (added, newCustomers, steps) = (0, 0, 0);
        var updated = new List<ImportDifference>();
        for (var attempt = 1; ; attempt++)
        {
            var (comparison, keys, customers) = await PrepareAsync(file, cancel);
            if (comparison.Errors.Count > 0 && steps == 0) return new ImportOutcome.Rejected(comparison.Errors);
            var report = new ImportReport(
                added + comparison.New.Count, newCustomers + customers, comparison.Same - added - updated.Count, [.. updated, .. Differences(comparison)],
                update ? updated.Count + comparison.Differing.Count : 0, file.Repeated,
                // After the first step: keys that another customer got in the meantime. Their lines are left out.
                [.. file.Notices, .. comparison.Errors.Told.Select(error => error.ToString())]);
            try
            {
                foreach (var step in StepsOf(comparison, update))
                {
                    if (steps > 0) await Task.Delay(Pause, TimeProvider.System, cancel);
                    newCustomers += await writer.RunAsync(unit => StoreAsync(unit, actor, file, step, keys, steps == 0 ? report : null, cancel), cancel: cancel);
                    steps++;
                    added += step.New.Count;
                    updated.AddRange(step.Differing.Select(differing => differing.Difference));
                }

                return new ImportOutcome.Accepted(report with { NewCustomers = newCustomers });
            }
            catch (KeyTakenMeanwhileException) when (attempt < MostAttempts)
            {
                // One of the keys was added after the comparison: compare again.
            }
            catch (StoreUnavailableException reason) when (steps > 0)
            {
                throw new ImportInterruptedException(added + updated.Count, reason);
            }
        }
    }

    // Comparing and encrypting take long and are done before; the unit only stores rows.
    private async Task<int> StoreAsync(WriteUnit unit, Actor actor, ImportFile file, Step step, ConcurrentDictionary<string, SealedKey> keys, ImportReport? audited, CancellationToken cancel)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var newCustomers = Add(unit, step.New, keys, now);
        await UpdateAsync(unit, step.Differing, actor, file, now, cancel);
        // One audit entry for each file: that of the first step covers all steps.
        if (audited is not null) audit.Add(unit.Db, actor, "license.import", "file", file.FileName, after: new
        {
            file.Sha256,
            audited.Added,
            audited.NewCustomers,
            audited.AlreadyThere,
            Differing = audited.Differences.Count,
            audited.Updated,
            audited.Repeated,
        });
        return newCustomers;
    }

    // At least one step, so that an import without changes is audited, too.
    private static IEnumerable<Step> StepsOf(ImportComparison comparison, bool update)
    {
        var step = new Step([], []);
        foreach (var row in comparison.New)
        {
            if (step.Rows + RowsOfNew > Writer.MostRows)
            {
                yield return step;
                step = new Step([], []);
            }

            step.New.Add(row);
        }

        foreach (var differing in update ? comparison.Differing : [])
        {
            if (step.Rows + RowsOfUpdate > Writer.MostRows)
            {
                yield return step;
                step = new Step([], []);
            }

            step.Differing.Add(differing);
        }

        yield return step;
    }

    // Compares, hashes and encrypts outside a unit, so that the writer is not held up.
    private async Task<(ImportComparison Comparison, ConcurrentDictionary<string, SealedKey> Keys, int NewCustomers)> PrepareAsync(ImportFile file, CancellationToken cancel)
    {
        await using var db = await contexts.CreateDbContextAsync(cancel);
        await using var statements = await OpenAsync(db, cancel);
        var comparison = ImportComparison.Of(file, Query);
        var keys = new ConcurrentDictionary<string, SealedKey>(StringComparer.Ordinal);
        Parallel.ForEach(comparison.New, new ParallelOptions { CancellationToken = cancel }, row => keys[row.Key] = SealedKey.Of(row.Key, vault));
        return (comparison, keys, comparison.CountNewCustomers(Query));

        DbDataReader Query(string sql, object value) => statements.Query(sql, [value]);
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

    private async Task UpdateAsync(WriteUnit unit, List<(ImportRow Row, ImportDifference Difference)> rows, Actor actor, ImportFile file, DateTime now, CancellationToken cancel)
    {
        if (rows.Count == 0) return;
        var ids = rows.ConvertAll(row => row.Difference.LicenseId);
        var licenses = await unit.Db.Licenses.Include(l => l.Customer).Where(l => ids.Contains(l.Id)).ToDictionaryAsync(l => l.Id, cancel);
        foreach (var (row, difference) in rows)
        {
            // It may have been deleted after the comparison.
            if (!licenses.TryGetValue(difference.LicenseId, out var license)) continue;
            var before = LicenseState.Of(license);
            (license.Plan, license.Status, license.ExpiresAt) = (row.Plan, row.Status, row.ExpiresAt);
            if (LicenseState.Of(license) == before) continue;
            service.Record(unit, license, before, actor, "license.import", $"Import of {file.FileName}, line {row.Line}", now);
        }
    }

    private static async Task<QueryCache> OpenAsync(PortalDbContext db, CancellationToken cancel)
    {
        await db.Database.OpenConnectionAsync(cancel);
        return new QueryCache(db.Database.GetDbConnection());
    }

    private static IEnumerable<ImportDifference> Differences(ImportComparison comparison) => comparison.Differing.Select(differing => differing.Difference);

    // The rows of one unit.
    private sealed record Step(List<ImportRow> New, List<(ImportRow Row, ImportDifference Difference)> Differing)
    {
        // 1 for the audit entry.
        public int Rows => 1 + (RowsOfNew * New.Count) + (RowsOfUpdate * Differing.Count);
    }

    private sealed class KeyTakenMeanwhileException : Exception;
}
