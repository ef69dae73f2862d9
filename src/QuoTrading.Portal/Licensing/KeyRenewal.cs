using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Licensing;

/// <summary>
/// A license is found by the hash of its key after <see cref="LicenseKey.Normalise"/>. Older versions only trimmed a key, so they stored
/// another hash for an imported key with a blank or a dash in it. This renews such hashes once for each database, before the first request.
/// </summary>
internal sealed partial class KeyRenewal(IDbContextFactory<PortalDbContext> contexts, Writer writer, IStoreEngine engine, KeyVault vault, ILogger<KeyRenewal> log)
{
    // Increase it with each change of what Normalise does.
    private const int Normalisation = 1;
    private const int Chunk = 5000;

    // Two keys may be equal after normalisation. The license that has the hash already keeps it; the other one keeps its old hash.
    private const string Renew = """UPDATE "Licenses" SET "KeyHash" = @p1 WHERE "Id" = @p0 AND NOT EXISTS (SELECT 1 FROM "Licenses" WHERE "KeyHash" = @p1)""";

    // Each try waits for the busy timeout. A command beside the server may lock the database for a while; the start survives that.
    private const int Tries = 6;

    /// <exception cref="StoreUnavailableException">The database cannot be written.</exception>
    public async Task RunAsync(CancellationToken cancel = default)
    {
        for (var left = Tries - 1; ; left--)
        {
            try
            {
                await TryAsync(cancel);
                return;
            }
            catch (StoreUnavailableException) when (left > 0)
            {
                LogWaits(left);
            }
        }
    }

    private async Task TryAsync(CancellationToken cancel)
    {
        if (await writer.RunAsync(unit => Task.FromResult(engine.ReadMark(unit)), cancel: cancel) >= Normalisation) return;
        var renewed = 0;
        await foreach (var changed in FindAsync(cancel))
            renewed += await writer.RunAsync(unit => Task.FromResult(changed.Sum(key => unit.Execute(Renew, key.Id, key.Hash))), cancel: cancel);
        await writer.RunAsync(
            unit =>
            {
                engine.WriteMark(unit, Normalisation);
                return Task.CompletedTask;
            },
            cancel);
        if (renewed > 0) LogRenewed(renewed);
    }

    private async IAsyncEnumerable<IReadOnlyList<(long Id, byte[] Hash)>> FindAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var last = 0L;
        while (true)
        {
            await using var db = await contexts.CreateDbContextAsync(cancel);
            var read = await db.Licenses.AsNoTracking().Where(l => l.Id > last).OrderBy(l => l.Id).Take(Chunk)
                .Select(l => new { l.Id, l.KeyHash, l.KeyEncrypted }).ToListAsync(cancel);
            if (read.Count == 0) yield break;
            last = read[^1].Id;
            var changed = new List<(long, byte[])>();
            foreach (var license in read)
                // A key whose key ring is lost cannot be read; its hash stays as it is.
                if (vault.TryUnprotect(license.KeyEncrypted, out var key) && KeyHash.Of(key).ToBytes() is var hash && !hash.AsSpan().SequenceEqual(license.KeyHash))
                    changed.Add((license.Id, hash));
            foreach (var part in changed.Chunk(Writer.MostRows)) yield return part;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database cannot be written yet; the start tries it {Left} times more.")]
    private partial void LogWaits(int left);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} imported keys with blanks or dashes in them are found again by what is left of them without.")]
    private partial void LogRenewed(int count);
}
