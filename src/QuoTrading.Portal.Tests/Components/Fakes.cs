using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Online;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Tests.Components;

/// <summary>A board whose snapshot a test sets; it calls its listeners at once.</summary>
internal sealed class FakeOnlineMonitor : IOnlineMonitor
{
    private readonly List<Action> listeners = [];

    public OnlineSnapshot Current { get; private set; } = new([], DateTime.UnixEpoch);

    public int Listeners => listeners.Count;

    public LiveSession? Find(Guid sessionId) => null;

    public int KeptOut { get; set; }

    public void Publish(params OnlineRow[] rows)
    {
        Current = new OnlineSnapshot(rows, Rows.Noon, KeptOut);
        foreach (var listener in listeners.ToList()) listener();
    }

    public IDisposable Subscribe(string name, Action changed)
    {
        listeners.Add(changed);
        return new Subscription(() => listeners.Remove(changed));
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}

/// <summary>A license desk that remembers what it was asked.</summary>
internal sealed class FakeLicenseService : ILicenseService
{
    public List<(long License, LicenseChange Change, string? Reason)> Changes { get; } = [];

    public Task<LicenseOutcome> ChangeAsync(Actor actor, long licenseId, LicenseChange change, int? expectedVersion = null, string? reason = null, CancellationToken cancel = default)
    {
        Changes.Add((licenseId, change, reason));
        return Task.FromResult<LicenseOutcome>(new LicenseOutcome.Unchanged(null!));
    }
}

/// <summary>A desk that remembers what it was asked, and fails as it is told.</summary>
internal sealed class FakeSessionService : ISessionService
{
    public SessionSettings Settings { get; set; } = new();

    public SettingsPreview NextPreview { get; set; } = new(0, 0, 0);

    public Exception? Fails { get; set; }

    public List<(Actor Actor, Guid[] Sessions, string Reason)> LoggedOut { get; } = [];

    public TimeSpan? KeptOut { get; private set; }

    public List<SessionSettingsChange> Changes { get; } = [];

    public Task<IReadOnlyList<LogOutResult>> LogOutAsync(Actor actor, IReadOnlyCollection<Guid> sessionIds, string reason,
        TimeSpan? keepOut = null, CancellationToken cancel = default)
    {
        if (Fails is not null) return Task.FromException<IReadOnlyList<LogOutResult>>(Fails);
        LoggedOut.Add((actor, sessionIds.ToArray(), reason));
        KeptOut = keepOut;
        IReadOnlyList<LogOutResult> results = sessionIds.Select(id => new LogOutResult(new PastSession
        {
            SessionId = id,
            CustomerEmail = "a@example.com",
            KeyMasked = "A",
            Plan = "MONTHLY",
            Device = "d",
            Address = "192.0.2.1",
        }, WasLive: true)).ToList();
        return Task.FromResult(results);
    }

    public Task<int?> ForceClearAsync(Actor actor, string licenseKey, string reason, CancellationToken cancel = default) => Task.FromResult<int?>(0);

    public List<(long LicenseId, string Device, string Reason, TimeSpan Length)> KeptOutDevices { get; } = [];

    public Task<KeepOutResult?> KeepOutAsync(Actor actor, long licenseId, string device, string reason, TimeSpan length, CancellationToken cancel = default)
    {
        if (Fails is not null) return Task.FromException<KeepOutResult?>(Fails);
        KeptOutDevices.Add((licenseId, device, reason, length));
        return Task.FromResult<KeepOutResult?>(new KeepOutResult(Until: default, WasLive: false));
    }

    public List<(long LicenseId, string Device)> Lifted { get; } = [];

    public Task<bool> LiftKeepOutAsync(Actor actor, long licenseId, string device, string? reason = null, CancellationToken cancel = default)
    {
        if (Fails is not null) return Task.FromException<bool>(Fails);
        Lifted.Add((licenseId, device));
        return Task.FromResult(true);
    }

    public IReadOnlyList<Guid> NextWouldEnd { get; set; } = [];

    public IReadOnlyList<Guid> WouldEnd(LicenseSnapshot after) => NextWouldEnd;

    public SettingsPreview Preview(SessionSettings proposed) => NextPreview;

    public Task<IReadOnlyList<FieldError>> ChangeSettingsAsync(Actor actor, SessionSettingsChange change, CancellationToken cancel = default)
    {
        if (Fails is not null) return Task.FromException<IReadOnlyList<FieldError>>(Fails);
        Changes.Add(change);
        Settings = change.ApplyTo(Settings) with { ChangedAt = Rows.Noon, ChangedBy = actor.Name };
        return Task.FromResult<IReadOnlyList<FieldError>>([]);
    }
}

internal static class Rows
{
    public static readonly DateTime Noon = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    /// <param name="number">Makes the row's identity; higher is newer.</param>
    public static OnlineRow Row(int number, string email = "a@example.com", decimal? position = null, decimal? profit = null, string? symbol = "ES") =>
        new(new Guid(number, 0, 0, new byte[8]), number, email, null, KeyHash.Of($"KEY-{number}"), $"ABCD-…-WX{number:00}", "MONTHLY", $"fingerprint{number}", $"PC-{number}", "192.0.2.1",
            "2.1", "online", symbol, new Telemetry(position, profit), Noon.AddMinutes(number - 1000), Noon, Noon.AddSeconds(90));
}

/// <summary>A store that cannot be read.</summary>
internal sealed class StoreAway : IDbContextFactory<PortalDbContext>
{
    public PortalDbContext CreateDbContext() => throw new SqliteException("It is away.", 14);
}
