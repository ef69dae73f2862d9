using System.Globalization;
using Microsoft.Data.Sqlite;
using QuoTrading.Portal.Bench.Checking;
using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Generating;

/// <param name="Operations">How many answers the run goes on for.</param>
/// <param name="Licenses">How many licenses; one in six has two seats.</param>
/// <param name="MostTime">Ends the run after so long, if <paramref name="Least"/> were answered by then; null: never.</param>
/// <param name="LookEvery">Judges what happened so far that often, and stops at a violation; null: at the end alone.</param>
/// <param name="Timeouts">Which session timeouts are set, one after the other.</param>
public sealed record CheckOptions(int Operations, int Seed, int Licenses = CheckOptions.MostLicenses, TimeSpan? MostTime = null, TimeSpan? LookEvery = null, int Least = 0, Timeouts Timeouts = Timeouts.ShortOnes)
{
    /// <summary>As many as keep two quiet cores busy; on a busy machine fewer find more.</summary>
    public const int MostLicenses = 160;
}

/// <param name="Violations">Empty if all is well.</param>
public sealed record CheckResult(RunRecord Record, int Answers, IReadOnlyList<Violation> Violations, TimeSpan Took);

/// <summary>A whole run: a portal, its licenses, the clients, the record and the judgement.</summary>
public static class CheckRun
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    // What the rules are about; nothing else of the limits is lifted, as it is for other runs.
    private static readonly Dictionary<string, string> Limits = new(StringComparer.Ordinal)
    {
        ["Portal__Limits__LicensePerSecond"] = "10",
        ["Portal__Limits__LicenseBurst"] = "50",
        ["Portal__Limits__NewDevicesPerSeatAndDay"] = Fleet.NewDevicesPerSeat.ToString(CultureInfo.InvariantCulture),
    };

    private const int Desks = 12;

    /// <param name="program">The portal's assembly.</param>
    public static async Task<CheckResult> RunAsync(string program, CheckOptions options, Action<string> say)
    {
        await using var portal = new PortalUnderTest(program, settings: Limits);
        await portal.StartAsync();
        var token = (await portal.RunAsync("token", "create", "--name", "check", "--role", "Administrator")).Trim();
        var twoSeats = Math.Max(1, options.Licenses / 6);
        var casts = Fleet.Create(await CreateAsync(portal, options.Licenses - twoSeats, 1), await CreateAsync(portal, twoSeats, 2));
        var layouts = casts.Select(cast => cast.License).ToList();
        // With long timeouts as it is installed: then there is time for a client that hears nothing to wonder why.
        var grace = TimeSpan.FromSeconds(options.Timeouts == Timeouts.LongOnes ? 5 : 3);

        using var stop = new CancellationTokenSource();
        using var wire = new Wire(portal.Address, token);
        var firstTimeout = TimeSpan.FromSeconds(TimeoutChoice.First(options.Timeouts));
        await SetAsync(wire, firstTimeout, grace);
        var numbers = new List<long>();
        foreach (var license in layouts)
        {
            numbers.Add(await wire.FindAsync(license.Key));
            if (license.RefusesCopies is { } refuses) await PatchAsync(wire, numbers[^1], new { copied_devices = refuses ? "refuse" : "report" });
        }

        var recorder = new Recorder(layouts, firstTimeout, Interval, new RunLimits(grace, Fleet.DevicesPerSeat, Fleet.NewDevicesPerSeat));
        var course = new Course(recorder, wire, firstTimeout, grace, stop.Token);
        var clients = casts.SelectMany((cast, number) => cast.Roles.Select((role, i) => (cast, number, role, i))).Where(part => !part.role.Floods)
            .Select(part => new Client(course, part.cast.License, part.number, part.role, LotOf(part.number, part.i))).ToList();
        List<Task> work =
        [
            .. clients.Select(client => client.RunAsync()),
            .. casts.SelectMany((cast, number) => cast.Roles.Select((role, i) => (cast, number, role, i))).Where(part => part.role.Floods)
                .Select(part => new Flooder(course, part.cast.License, part.number, part.role, LotOf(part.number, part.i)).RunAsync()),
            .. casts.SelectMany((cast, number) => cast.Journeys.Select((journey, i) => new Traveller(course, journey, LotOf(number, 50 + i)).RunAsync())),
            new Administrator(course, clients, options.Timeouts, new Lot(options.Seed, -1)).RunAsync(),
            .. Enumerable.Range(0, Desks).Select(service => new LicenseService(course, Share(layouts, numbers, service), new Lot(options.Seed, -3 - service)).RunAsync()),
            new Disturber(course, portal, new Lot(options.Seed, -2)).RunAsync(),
            new Proxy(course, new Lot(options.Seed, -3 - Desks)).RunAsync(),
        ];

        var early = await WatchAsync(recorder, options, Task.WhenAll(work), say);
        var took = recorder.Now;
        await stop.CancelAsync();
        await Task.WhenAll(work);
        if (early.Count > 0) return new CheckResult(recorder.Snapshot(), recorder.Count, early, took);

        await portal.StopAsync();
        var record = recorder.Snapshot() with { Rows = ReadRows(portal.Folder, layouts) };
        return new CheckResult(record, recorder.Count, Checker.Check(record), took);

        Lot LotOf(int license, int part) => new(options.Seed, (license * 100) + part);
    }

    private static List<LicenseOnDesk> Share(IReadOnlyList<LicenseLayout> layouts, List<long> numbers, int service) =>
        [.. layouts.Select((license, i) => new LicenseOnDesk(i, numbers[i], license.Seats)).Where(license => license.Number % Desks == service)];

    private static async Task<IReadOnlyList<Violation>> WatchAsync(Recorder recorder, CheckOptions options, Task work, Action<string> say)
    {
        var looked = recorder.Now;
        var said = recorder.Now;
        while (recorder.Count < options.Operations && !(recorder.Now > options.MostTime && recorder.Count >= options.Least))
        {
            await Task.WhenAny(work, Task.Delay(TimeSpan.FromMilliseconds(100)));
            // Ends only by a fault of its own before it is told to.
            if (work.IsCompleted) await work;
            if (recorder.Now - said > TimeSpan.FromSeconds(20))
            {
                said = recorder.Now;
                say($"{recorder.Count,8:N0} answers after {said.TotalSeconds,4:F0} s");
            }

            if (options.LookEvery is not { } pace || recorder.Now - looked < pace) continue;
            var found = Checker.Check(recorder.Snapshot());
            if (found.Count > 0) return found;
            looked = recorder.Now;
        }

        return [];
    }

    private static async Task<string[]> CreateAsync(PortalUnderTest portal, int count, int seats) =>
        (await portal.RunAsync("license", "create", "--email", "check@example.com", "--count", count.ToString(), "--seats", seats.ToString()))
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static Task SetAsync(Wire wire, TimeSpan timeout, TimeSpan grace) => ChangeAsync(wire, HttpMethod.Put, "/api/admin/settings", new
    {
        session_timeout_seconds = timeout.TotalSeconds,
        heartbeat_interval_seconds = Interval.TotalSeconds,
        disconnect_grace_seconds = grace.TotalSeconds,
        devices_per_seat = Fleet.DevicesPerSeat,
    });

    private static Task PatchAsync(Wire wire, long license, object change) => ChangeAsync(wire, HttpMethod.Patch, $"/api/admin/licenses/{license}", change);

    private static async Task ChangeAsync(Wire wire, HttpMethod method, string path, object change)
    {
        // On a busy machine the first seconds may be too much: then it says so, and is asked again.
        for (var tries = 0; ; tries++)
        {
            var (status, text) = await Wire.SendAsync(wire.Administrator, method, path, change, CancellationToken.None);
            if (status == 200) return;
            if (status != 503 || tries == 10) throw new InvalidOperationException($"{path} was refused: {status} {text}");
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }

    private static List<HistoryRow> ReadRows(string folder, IReadOnlyList<LicenseLayout> layouts)
    {
        // The key itself is stored nowhere; a license's devices are its own, so they tell which one it is.
        var keys = layouts.SelectMany(license => license.Devices.Select(device => (device.Fingerprint, license.Key))).ToDictionary(pair => pair.Fingerprint, pair => pair.Key, StringComparer.Ordinal);
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "portal.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT h."SessionId", h."Device", h."StartedAt", h."EndedAt", h."EndReason", EXISTS (SELECT 1 FROM "LiveSessions" l WHERE l."SessionId" = h."SessionId"), h."Interruptions"
            FROM "SessionHistory" h
            """;
        using var row = command.ExecuteReader();
        var rows = new List<HistoryRow>();
        while (row.Read())
        {
            rows.Add(new HistoryRow(OnTheWire(row.GetString(0)), keys[row.GetString(1)], row.GetString(1), row.GetDateTime(2),
                row.IsDBNull(3) ? null : row.GetDateTime(3), row.IsDBNull(4) ? null : OnTheWire(row.GetString(4)), row.GetBoolean(5), row.GetInt32(6)));
        }

        return rows;
    }

    // LicenseSuspended is license_suspended there, and letters of numbers are small.
    private static string OnTheWire(string stored) => string.Concat(stored.Select((letter, i) =>
        char.IsAsciiLetterUpper(letter) ? $"{(i > 0 && char.IsAsciiLetterLower(stored[i - 1]) ? "_" : "")}{(char)(letter | 0x20)}" : letter.ToString()));
}
