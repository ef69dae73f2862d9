using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>
/// The pairs of key and device that logged in within 30 days: an address over its limit is still served for them (docs/protocol.md, Too
/// many requests). In memory, as hashes: refusing a client that guesses keys must cost less than answering it. They are loaded while the
/// first requests are served, because loading a million devices would delay all clients; until then every pair counts as known.
/// </summary>
public sealed partial class KnownDevices(IDbContextFactory<PortalDbContext> contexts, TimeProvider time, ILogger<KnownDevices> log) : BackgroundService
{
    private static readonly TimeSpan For = TimeSpan.FromDays(30);
    private static readonly TimeSpan TriesAgainAfter = TimeSpan.FromSeconds(1);

    private const int Many = 100_000;

    // Times are stored as seconds since then: half the bytes of a time. There may be a million.
    private static readonly DateTime Epoch = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly Lock changing = new();
    private readonly Dictionary<ulong, uint> lastLogin = [];
    private volatile bool isLoaded;

    /// <summary>Whether this device logged in with this key within 30 days. False for a wrong key, and for an unknown device.</summary>
    public bool IsKnown(KeyHash key, string device)
    {
        if (!isLoaded) return true;
        lock (changing) return lastLogin.TryGetValue(Pair(key, device), out var at) && time.GetUtcNow().UtcDateTime - Epoch.AddSeconds(at) <= For;
    }

    /// <param name="at">UTC.</param>
    internal void Note(KeyHash key, string device, DateTime at)
    {
        var seconds = (uint)Math.Max(0, (at - Epoch).TotalSeconds);
        lock (changing)
        {
            ref var last = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(lastLogin, Pair(key, device), out _);
            last = Math.Max(last, seconds);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var tries = 0; !await TryLoadAsync(isFirst: tries == 0, stoppingToken); tries++) await Task.Delay(TriesAgainAfter, time, stoppingToken);
        isLoaded = true;
        // The garbage of so many rows would not be collected soon. This delays requests for a moment, once.
        if (lastLogin.Count >= Many) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private async Task<bool> TryLoadAsync(bool isFirst, CancellationToken cancel)
    {
        try
        {
            await using var db = await contexts.CreateDbContextAsync(cancel);
            var since = time.GetUtcNow().UtcDateTime - For;
            var pairs = db.LicenseDevices.Where(device => device.LastLoginAt >= since)
                .Join(db.Licenses, device => device.LicenseId, license => license.Id, (device, license) => new { license.KeyHash, device.Device, device.LastLoginAt });
            await foreach (var pair in pairs.AsAsyncEnumerable().WithCancellation(cancel)) Note(KeyHash.FromBytes(pair.KeyHash), pair.Device, pair.LastLoginAt);
            return true;
        }
        catch (Exception failure) when (!cancel.IsCancellationRequested)
        {
            // The load is retried every second, maybe for hours: logged once.
            if (isFirst) LogNotLoaded(failure);
            return false;
        }
    }

    // 32 bits of the key's hash, and 32 bits of a hash that differs in each process: an attacker cannot search for two equal pairs.
    private static ulong Pair(KeyHash key, string device) => ((ulong)(key.High >> 96) << 32) | (uint)device.GetHashCode(StringComparison.Ordinal);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The known devices could not be read; it is tried again. Until then guessing keys is not limited.")]
    private partial void LogNotLoaded(Exception failure);
}
