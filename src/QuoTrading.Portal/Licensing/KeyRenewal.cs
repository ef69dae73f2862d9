using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Licensing;

/// <summary>
/// Licenses are found by the hash of what <see cref="LicenseKey.Normalise"/> makes of a key. An imported key with a blank or a dash in it
/// was hashed otherwise by versions that only trimmed: once a database, before the first request, such hashes are made anew.
/// </summary>
internal sealed partial class KeyRenewal(IDbContextFactory<PortalDbContext> contexts, Writer writer, IStoreEngine engine, KeyVault vault, ILogger<KeyRenewal> log)
{
    // To be raised with each change of what Normalise does.
    private const int Normalisation = 1;
    private const int Chunk = 5000;

    // Of two keys that are one by now the older hash stays: who has that key is told so by nothing that happens to the other.
    private const string Renew = """UPDATE "Licenses" SET "KeyHash" = @p1 WHERE "Id" = @p0 AND NOT EXISTS (SELECT 1 FROM "Licenses" WHERE "KeyHash" = @p1)""";

    // Of the busy timeout each: a command beside the server may have the database for a while, and a start is worth some patience.
    private const int Tries = 6;

    /// <exception cref="StoreUnavailableException">It cannot be written.</exception>
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
                // A key whose ring is gone cannot be read; as it was hashed it works.
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
