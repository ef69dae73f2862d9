using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Demo;

/// <summary>Invents a month of sessions and their events. The same in each run, except for the dates.</summary>
internal sealed class DemoMonth(DateTime from, DateTime to)
{
    // In service time, far before its start: none of these sessions can resume.
    private const long LongAgoMs = -10_000_000;

    private readonly Random random = new(7);
    private readonly List<Session> sessions = [];
    private readonly List<SessionEvent> events = [];
    private readonly List<(DateTime Start, DateTime End)> underWay = [];

    private sealed record Session(DemoCustomer Customer, DemoMachine Machine, string Symbol, DateTime Start, DateTime End, EndReason Reason);

    /// <summary>Invents what one customer did.</summary>
    public void Live(DemoCustomer customer)
    {
        for (var day = from.Date; day < to; day = day.AddDays(1))
        {
            if (random.NextDouble() < (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 0.25 : 0.08) || day < customer.CreatedAt) continue;
            if (customer.Habit == DemoHabit.Asleep && day > from.AddDays(8)) continue;
            if (customer.Status == LicenseStatus.Suspended && day > from.AddDays(20)) continue;
            Day(customer, day);
        }
    }

    public void Write(WriteUnit unit)
    {
        foreach (var session in sessions.OrderBy(session => session.Start)) Write(unit, session);
        foreach (var happened in events.OrderBy(happened => happened.At)) Write(unit, happened);
        WriteMinutes(unit);
        foreach (var device in sessions.GroupBy(session => (session.Customer.LicenseId, Device: session.Machine.FingerprintOf(session.Symbol))))
            unit.Execute("""INSERT INTO "LicenseDevices" ("LicenseId", "Device", "FirstSeenAt", "LastLoginAt", "Logins", "Name") VALUES (@p0, @p1, @p2, @p3, @p4, @p5)""",
                device.Key.LicenseId, device.Key.Device, device.Min(session => session.Start), device.Max(session => session.Start), device.Count(), device.First().Machine.Name);
    }

    private void Day(DemoCustomer customer, DateTime day)
    {
        // Customers live in all time zones, so that some sessions are live at any time of the day.
        var start = day.AddHours((customer.LicenseId * 5 % 24) + 1).AddMinutes(random.Next(-60, 60)).AddSeconds(random.Next(60));
        var end = start.AddMinutes(random.Next(150, 480));
        // Most bots run as long as markets are open, so that the past figures are close to the present ones, when all bots of the demo run.
        if (random.NextDouble() < (customer.Habit is DemoHabit.Trader or DemoHabit.Symbols ? 0.85 : 0.15)) end = start.AddHours(random.Next(17, 22));
        var machine = customer.Machines[customer.Habit == DemoHabit.Sharer ? random.Next(customer.Machines.Count) : 0];
        foreach (var symbol in machine.Symbols) Add(customer, machine, symbol, start, end);
        if (customer.Habit == DemoHabit.TwoMachines && random.NextDouble() < 0.5) Add(customer, customer.Machines[1], customer.Machines[1].Symbols[0], start.AddHours(1), end);
        if (customer.Habit == DemoHabit.Sharer)
            foreach (var friend in customer.Machines.Where(other => other != machine))
                if (random.NextDouble() < 0.6) Conflict(customer, friend, start.AddMinutes(random.Next(5, 140)));
    }

    private void Add(DemoCustomer customer, DemoMachine machine, string symbol, DateTime start, DateTime end)
    {
        if (end > customer.ExpiresAt) end = customer.ExpiresAt.Value;
        if (end <= start) return;
        if (end >= to)
        {
            // Would still be live: the simulated client logs in anew, so this one only counts in the figures of the chart.
            if (start < to) underWay.Add((start, to));
            return;
        }

        var reason = end == customer.ExpiresAt ? EndReason.LicenseExpired : random.Next(100) switch { < 74 => EndReason.Released, < 97 => EndReason.TimedOut, _ => EndReason.ForcedLogout };
        sessions.Add(new Session(customer, machine, symbol, start, end, reason));
    }

    private void Conflict(DemoCustomer customer, DemoMachine machine, DateTime at)
    {
        if (at >= to) return;
        var times = random.Next(1, 9);
        var refused = About(customer, EventKind.Refused, at, machine.FingerprintOf(machine.Symbols[0]), machine.Address);
        refused.LastAt = at.AddSeconds(times * 6);
        refused.Count = times;
        refused.Code = "session_conflict";
        events.Add(refused);
    }

    private static SessionEvent About(DemoCustomer customer, EventKind kind, DateTime at, string device, string address) => new()
    {
        At = at,
        LastAt = at,
        Kind = kind,
        Device = device,
        Address = address,
        LicenseId = customer.LicenseId,
        CustomerEmail = customer.Email,
        KeyMasked = LicenseKey.Mask(customer.Key),
    };

    private void Write(WriteUnit unit, Session s)
    {
        var id = Guid.CreateVersion7(new DateTimeOffset(s.Start, TimeSpan.Zero));
        var device = s.Machine.FingerprintOf(s.Symbol);
        var forced = s.Reason == EndReason.ForcedLogout;
        unit.Execute("""
            INSERT INTO "SessionHistory" ("SessionId", "LicenseId", "CustomerId", "CustomerEmail", "KeyMasked", "Plan", "Device", "DeviceName", "Address", "Symbol", "BotVersion",
                "Seat", "StartedAt", "LastSeenAt", "EndedAt", "EndedMs", "EndReason", "EndedBy", "EndNote", "Interruptions")
            VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, '2.0.0', 1, @p10, @p11, @p11, @p12, @p13, @p14, @p15, @p16)
            """, id, s.Customer.LicenseId, s.Customer.CustomerId, s.Customer.Email, LicenseKey.Mask(s.Customer.Key), s.Customer.Plan, device, s.Machine.Name, s.Machine.Address,
            s.Symbol, s.Start, s.End, LongAgoMs, s.Reason, forced ? "support@demo.example" : null, forced ? "Customer asked for it" : null, random.Next(12) == 0 ? random.Next(1, 4) : 0);
        var began = About(s.Customer, EventKind.LoggedIn, s.Start, device, s.Machine.Address);
        began.SessionId = id;
        var ended = About(s.Customer, EventKind.Ended, s.End, device, s.Machine.Address);
        ended.SessionId = id;
        ended.Code = WireNames.Of(s.Reason);
        if (forced) (ended.By, ended.Detail) = ("support@demo.example", "Customer asked for it");
        events.AddRange([began, ended]);
    }

    private static void Write(WriteUnit unit, SessionEvent e) => unit.Execute("""
        INSERT INTO "SessionEvents" ("At", "LastAt", "Count", "Kind", "Code", "LicenseId", "CustomerEmail", "KeyMasked", "SessionId", "Device", "Address", "By", "Detail")
        VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12)
        """, e.At, e.LastAt, e.Count, e.Kind, e.Code, e.LicenseId, e.CustomerEmail, e.KeyMasked, e.SessionId, e.Device, e.Address, e.By, e.Detail);

    // One pass over all starts and ends.
    private void WriteMinutes(WriteUnit unit)
    {
        var first = new DateTime(from.Year, from.Month, from.Day, from.Hour, from.Minute, 0, DateTimeKind.Utc);
        var change = new int[(int)(to - first).TotalMinutes + 2];
        foreach (var (start, end) in sessions.Select(session => (session.Start, session.End)).Concat(underWay))
        {
            if (end <= first) continue;
            change[Math.Max(0, (int)(start - first).TotalMinutes)]++;
            change[(int)(end - first).TotalMinutes + 1]--;
        }

        var live = 0;
        for (var i = 0; first.AddMinutes(i) < to; i++)
        {
            live += change[i];
            unit.Execute("""INSERT INTO "ConcurrentSessions" ("Minute", "Live", "Licenses") VALUES (@p0, @p1, @p2)""", first.AddMinutes(i), live, (live * 9) / 10);
        }
    }
}
