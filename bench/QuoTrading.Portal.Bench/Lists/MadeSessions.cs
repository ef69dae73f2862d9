using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Bench.Lists;

/// <summary>Sessions over a year, in the order of their starts, with the events that such sessions leave.</summary>
internal sealed class MadeSessions(Random random, IReadOnlyList<MadeLicense> licenses, DateTime now, PreparedInsert sessions, PreparedInsert events)
{
    public static readonly string[] SessionColumns =
    [
        "SessionId", "LicenseId", "CustomerId", "CustomerEmail", "KeyMasked", "Plan", "Device", "DeviceName", "Address", "Symbol", "BotVersion",
        "Seat", "StartedAt", "LastSeenAt", "EndedAt", "EndedMs", "EndReason", "EndedBy", "EndNote", "Interruptions",
    ];

    public static readonly string[] EventColumns =
        ["At", "LastAt", "Count", "Kind", "Code", "LicenseId", "CustomerEmail", "KeyMasked", "SessionId", "Device", "Address", "By", "Detail"];

    private static readonly string[] Symbols = ["ES", "MES", "NQ", "MNQ", "CL", "GC"];
    private static readonly string[] Refusals = ["session_conflict", "session_conflict", "session_conflict", "license_expired", "license_expired", "unknown_key", "unknown_key", "license_suspended", "license_cancelled", "forced_logout"];
    private static readonly string[] Changes = ["expiry_changed", "expiry_changed", "expiry_changed", "license_suspended", "license_reactivated", "seats_changed", "key_replaced"];

    private readonly PriorityQueue<(MadeLicense License, Guid Id, string Device, string Address, EndReason Reason, string? By), DateTime> ends = new();

    /// <summary>How many events there are by now.</summary>
    public int Events { get; private set; }

    /// <param name="told">The share of sessions that leave events.</param>
    public void Make(int count, double told)
    {
        var year = TimeSpan.FromDays(365);
        for (var i = 0; i < count; i++)
        {
            var at = now - year + (year * ((i + random.NextDouble()) / count));
            // Every fifth session is one of the busiest hundredth.
            var license = licenses[random.Next(5) == 0 ? random.Next(Math.Max(1, licenses.Count / 100)) : random.Next(licenses.Count)];
            var device = license.Devices[random.Next(license.Devices.Length)];
            var address = license.Addresses[random.Next(license.Addresses.Length)];
            var id = Guid.CreateVersion7(new DateTimeOffset(at, TimeSpan.Zero));
            var ended = at.AddSeconds(random.Next(60, 9 * 3600));
            var reason = Reason();
            var by = reason is EndReason.Released or EndReason.TimedOut or EndReason.LicenseExpired ? null : "support@quotrading.example";
            var live = ended >= now;
            sessions.Run(id, license.Id, license.CustomerId, license.Email, license.KeyMasked, license.Plan, device, random.Next(4) == 0 ? null : MadeLicense.DeviceNameOf(license.Id), address,
                Symbols[random.Next(Symbols.Length)], "2.1.0", 1, at, live ? null : ended, live ? null : ended, live ? null : (ended - now + year).Ticks / 10_000, live ? null : reason, live ? null : by,
                live || by is null ? null : "Customer asked for it", random.Next(20) == 0 ? random.Next(1, 9) : 0);
            if (random.NextDouble() >= told) continue;
            Tell(at);
            Event(at, EventKind.LoggedIn, null, license, id, device, address);
            ends.Enqueue((license, id, device, address, reason, by), ended);
            if (random.Next(6) == 0) Refuse(at.AddTicks(1));
        }

        Tell(now);
    }

    private void Refuse(DateTime at)
    {
        var license = licenses[random.Next(licenses.Count)];
        var address = license.Addresses[0];
        switch (random.Next(20))
        {
            case 0:
                Event(at, EventKind.RateLimited, "license_limit", license, null, null, address, count: random.Next(1, 500));
                break;
            case 1:
                Event(at, EventKind.LicenseChanged, Changes[random.Next(Changes.Length)], license, null, null, null, "support@quotrading.example", "as the customer asked");
                break;
            default:
                var code = Refusals[random.Next(Refusals.Length)];
                Event(at, EventKind.Refused, code, code == "unknown_key" ? null : license, null, random.NextInt64().ToString("x16"), address, count: random.Next(3) == 0 ? random.Next(2, 30) : 1);
                break;
        }
    }

    // Numbers of events grow with their times.
    private void Tell(DateTime until)
    {
        while (ends.TryPeek(out var e, out var at) && at <= until)
        {
            ends.Dequeue();
            Event(at, EventKind.Ended, WireNames.Of(e.Reason), e.License, e.Id, e.Device, e.Address, e.By, e.By is null ? null : "Customer asked for it");
        }
    }

    private void Event(DateTime at, EventKind kind, string? code, MadeLicense? license, Guid? session, string? device, string? address, string? by = null, string? detail = null, int count = 1)
    {
        Events++;
        events.Run(at, at.AddSeconds(count - 1), count, kind, code, license?.Id, license?.Email, license?.KeyMasked, session, device, address, by, detail);
    }

    private EndReason Reason() => random.Next(10_000) switch
    {
        < 7000 => EndReason.Released,
        < 9500 => EndReason.TimedOut,
        < 9700 => EndReason.LicenseExpired,
        < 9850 => EndReason.ForcedLogout,
        < 9930 => EndReason.LicenseSuspended,
        < 9970 => EndReason.LicenseCancelled,
        < 9990 => EndReason.SeatsReduced,
        < 9998 => EndReason.KeyReplaced,
        _ => EndReason.LicenseDeleted,
    };
}
