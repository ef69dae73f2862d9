using System.Diagnostics;
using Microsoft.Data.Sqlite;
using QuoTrading.Portal.Bench.Lists;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Bench;

/// <summary><c>fill</c>: makes a large database, the same for the same seed but for its random keys of sessions.</summary>
internal static class FillCommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var history = CheckCommand.Number(arguments, "--history") ?? 5_000_000;
        var events = CheckCommand.Number(arguments, "--events") ?? 5_000_000;
        var count = CheckCommand.Number(arguments, "--licenses") ?? 200_000;
        var path = ListsCommand.Text(arguments, "--database");
        if (path is null || File.Exists(path))
        {
            await Console.Error.WriteLineAsync(path is null ? "Say where to: --database PATH" : $"{path} is there already.");
            return 2;
        }

        await using var database = await LargeDatabase.OpenAsync(path);
        await using var connection = database.File.OpenConnection();
        Execute(connection, "PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; PRAGMA temp_store = FILE;");
        // Made at the end, they are sorted once instead of searched for each row.
        var indices = TakeIndices(connection);
        var random = new Random(CheckCommand.Number(arguments, "--seed") ?? 1);
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var clock = Stopwatch.StartNew();
        var licenses = FillLicenses(connection, random, count, now);
        Tell(clock, $"{licenses.Count:N0} licenses");
        Tell(clock, $"{history:N0} sessions and {FillSessions(connection, random, licenses, history, events, now):N0} events");
        FillRest(connection, random, licenses, now);
        foreach (var (name, sql) in indices)
        {
            Execute(connection, sql);
            Tell(clock, name);
        }

        Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        Tell(clock, $"{new FileInfo(path).Length / 1e9:F1} GB");
        return 0;
    }

    private static List<MadeLicense> FillLicenses(SqliteConnection connection, Random random, int count, DateTime now)
    {
        var customers = Math.Max(1, count * 3 / 4);
        using var transaction = connection.BeginTransaction();
        using var customer = new PreparedInsert(connection, transaction, "Customers", "Id", "Email", "Name", "AccountId", "CreatedAt");
        using var license = new PreparedInsert(connection, transaction, "Licenses", "Id", "CustomerId", "KeyHash", "KeyEncrypted", "KeyMasked", "Plan", "Status", "ExpiresAt", "Seats", "Note", "CreatedAt", "UpdatedAt", "Version");
        using var device = new PreparedInsert(connection, transaction, "LicenseDevices", "LicenseId", "Device", "FirstSeenAt", "LastLoginAt", "Logins", "Name");
        for (long id = 1; id <= customers; id++)
        {
            var email = MadeLicense.EmailOf(id);
            customer.Run(id, email, $"{char.ToUpperInvariant(email[0])}{email[1..email.IndexOf('.', StringComparison.Ordinal)]} No. {id}", $"A{id}", now.AddDays(-400));
        }

        var made = new List<MadeLicense>(count);
        for (long id = 1; id <= count; id++)
        {
            var one = MadeLicense.Make(random, id, customers, now);
            made.Add(one);
            license.Run(id, one.CustomerId, KeyHash.Of(one.Key).ToBytes(), "-", one.KeyMasked, one.Plan, one.Status, one.ExpiresAt, one.Seats, null, one.CreatedAt, one.CreatedAt, 1);
            foreach (var used in one.Devices) device.Run(id, used, one.CreatedAt, now.AddHours(-random.Next(24 * 60)), random.Next(1, 200), MadeLicense.DeviceNameOf(id));
        }

        transaction.Commit();
        return made;
    }

    private static int FillSessions(SqliteConnection connection, Random random, List<MadeLicense> licenses, int history, int events, DateTime now)
    {
        using var transaction = connection.BeginTransaction();
        using var session = new PreparedInsert(connection, transaction, "SessionHistory", MadeSessions.SessionColumns);
        using var happened = new PreparedInsert(connection, transaction, "SessionEvents", MadeSessions.EventColumns);
        var made = new MadeSessions(random, licenses, now, session, happened);
        // A session that leaves events leaves two, and every sixth a third.
        made.Make(history, events / (history * (2 + (1 / 6d))));
        transaction.Commit();
        return made.Events;
    }

    private static void FillRest(SqliteConnection connection, Random random, List<MadeLicense> licenses, DateTime now)
    {
        using var transaction = connection.BeginTransaction();
        using var minute = new PreparedInsert(connection, transaction, "ConcurrentSessions", "Minute", "Live", "Licenses");
        using var audit = new PreparedInsert(connection, transaction, "AuditEntries", "At", "ActorKind", "Actor", "Address", "Action", "TargetKind", "Target", "Reason", "Before", "After");
        var first = new DateTime(now.Year, now.Month, now.Day, 0, 0, 0, DateTimeKind.Utc).AddDays(-365);
        for (var at = first; at < now; at = at.AddMinutes(1))
        {
            // Twenty minutes of a restart, once a month.
            if (at.Day == 3 && at.Hour == 4 && at.Minute < 20) continue;
            var live = (int)(6000 + (3500 * Math.Sin(at.TimeOfDay.TotalDays * 2 * Math.PI)) + random.Next(200));
            minute.Run(at, live, live * 9 / 10);
        }

        string[] actions = ["license.extend", "license.suspend", "license.create", "session.logout", "account.sign_in", "settings.change"];
        for (var i = 0; i < licenses.Count; i++)
        {
            var action = actions[random.Next(actions.Length)];
            audit.Run(first.AddSeconds(i * 365d * 86400 / licenses.Count), ActorKind.Person, $"person{random.Next(12)}@quotrading.example", "198.51.100.7", action, action[..action.IndexOf('.', StringComparison.Ordinal)],
                licenses[i].Id.ToString(), "Customer asked for it", """{"seats":1}""", """{"seats":2}""");
        }

        transaction.Commit();
    }

    private static List<(string Name, string Sql)> TakeIndices(SqliteConnection connection)
    {
        var found = new List<(string Name, string Sql)>();
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND (tbl_name LIKE 'Session%' OR tbl_name IN ('Licenses', 'AuditEntries'))";
            using var reader = command.ExecuteReader();
            while (reader.Read()) found.Add((reader.GetString(0), reader.GetString(1)));
        }

        foreach (var (name, _) in found) Execute(connection, $"DROP INDEX \"{name}\"");
        return found;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants, and what the database says of its own indices.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static void Tell(Stopwatch clock, string what) => Console.WriteLine($"{clock.Elapsed.TotalSeconds,6:F0} s  {what}");
}
