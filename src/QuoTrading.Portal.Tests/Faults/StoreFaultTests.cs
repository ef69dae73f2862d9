using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Operating.Health;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Faults;

/// <summary>The store fails, or a client does: 503 and a red light, then all goes on by itself, with nobody let in or out for it.</summary>
public sealed class StoreFaultTests
{
    [Fact]
    public async Task A_database_locked_by_another_program_turns_the_light_red_and_ends_nobody_s_session()
    {
        await using var portal = await StartAsync();
        var a = new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint);
        var b = a with { Fingerprint = Machine.Create().Fingerprint };
        var session = (await a.StartAsync()).Get("session_id");
        var monitor = portal.Services.GetRequiredService<HealthMonitor>();
        await monitor.RunOnceAsync();
        Assert.Empty(monitor.Problems);
        var told = 0;
        using var subscription = monitor.Subscribe("test", () => Interlocked.Increment(ref told));

        await using (await LockAsync(portal))
        {
            var refused = await b.StartAsync();
            Assert.Equal((503, 5), (refused.Status, refused.RetryAfter));
            using var ready = await portal.Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            Assert.Equal(503, (int)ready.StatusCode);
            Assert.Equal("""{"status":"unhealthy","checks":{"database":"unhealthy","disk":"healthy","clock":"healthy"}}""", await ready.Content.ReadAsStringAsync());
            await monitor.RunOnceAsync();
            var problem = Assert.Single(monitor.Problems);
            Assert.Equal("database", problem.Check);
            Assert.Equal("The database cannot be written since 12:00 UTC. Clients are asked to retry; nobody is logged out, and nobody new can log in.", problem.Text);

            // Far beyond the timeout.
            for (var minute = 0; minute < 10; minute++) portal.Time.Advance(TimeSpan.FromMinutes(1));
        }

        await portal.PassAsync(1);
        var beat = await a.BeatAsync();
        Assert.Equal((200, session), (beat.Status, beat.Get("session_id")));
        Assert.Equal(403, (await b.StartAsync()).Status);
        await monitor.RunOnceAsync();
        Assert.Empty(monitor.Problems);
        await Until.TrueAsync(() => Volatile.Read(ref told) >= 2, "it was told that the light is red, and that it is green");
        using var again = await portal.Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
        Assert.Equal(200, (int)again.StatusCode);
    }

    [Fact]
    public async Task Heartbeats_are_answered_from_memory_for_one_second_and_no_longer()
    {
        await using var portal = await StartAsync();
        var a = new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint);
        await a.StartAsync();
        await using (await LockAsync(portal))
        {
            Assert.Equal(200, (await a.BeatAsync()).Status);
            portal.Time.Advance(TimeSpan.FromSeconds(1.1));
            Assert.Equal(503, (await a.BeatAsync()).Status);
            Assert.Equal(503, (await a.BeatAsync()).Status);
        }

        await portal.PassAsync(1);
        Assert.Equal(200, (await a.BeatAsync()).Status);
    }

    [Fact]
    public async Task Once_it_is_known_that_another_process_holds_the_database_everybody_is_told_at_once()
    {
        const int Requests = 40;
        await using var portal = await StartAsync(realTime: true);
        var a = new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint);
        var b = a with { Fingerprint = Machine.Create().Fingerprint };
        var session = (await a.StartAsync()).Get("session_id");
        using var script = await portal.CreateScriptAsync(PortalRole.Administrator);
        using (var locker = await HoldLockAsync(portal.Folder, "600"))
        {
            while ((await b.StartAsync()).Status != 503) await Task.Yield();
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < Requests; i++)
            {
                var refused = (i % 4) switch
                {
                    0 => await b.StartAsync(),
                    1 => await a.BeatAsync(),
                    2 => await portal.PostAsync("/api/session/release", new { license_key = a.Key, device_fingerprint = a.Fingerprint }),
                    _ => await LogOutAsync(script, session!),
                };
                Assert.Equal((503, 5), (refused.Status, refused.RetryAfter));
            }

            // Each would have waited for the busy timeout of one second.
            Assert.InRange(watch.Elapsed.TotalSeconds, 0, Requests / 3.0);
            locker.Kill();
            await locker.WaitForExitAsync();
        }

        // By itself: nobody asks for it but the server.
        await UntilReadyAsync(portal);
        var beat = await a.BeatAsync();
        Assert.Equal((200, session), (beat.Status, beat.Get("session_id")));
        Assert.Equal(403, (await b.StartAsync()).Status);
    }

    [Fact]
    public async Task A_server_that_starts_while_another_process_has_the_database_for_a_moment_waits_for_it()
    {
        var folder = await (await StartAsync()).StopAsync();
        using var locker = await HoldLockAsync(folder, "3");
        await using var portal = await StartAsync(folder: folder);
        Assert.Equal(200, (await new ClientDevice(portal, await portal.CreateKeyAsync(), "A").StartAsync()).Status);
        await locker.WaitForExitAsync();
    }

    [Theory]
    [InlineData("PRAGMA query_only = ON")]
    [InlineData("PRAGMA max_page_count = 1")]
    public async Task A_database_that_turns_read_only_or_full_while_the_server_runs_is_told_and_used_again(string turns)
    {
        await using var portal = await StartAsync();
        var a = new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint);
        var session = (await a.StartAsync()).Get("session_id");
        var other = new ClientDevice(portal, await portal.CreateKeyAsync(), "other");
        // On the writer's own connection, which it gives up when it fails: so the fault lasts until then.
        await portal.Services.GetRequiredService<Writer>().RunAsync(unit => Task.FromResult(unit.Execute(turns)), first: true);

        // Into the last free page go some more sessions.
        await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
        {
            for (var more = 0; more < 2000; more++)
            {
                await portal.Registry.LogInAsync(new ClientMessage(KeyHash.Of(other.Key), "other", "192.0.2.1"));
                await portal.Registry.ReleaseAsync(new ClientMessage(KeyHash.Of(other.Key), "other", "192.0.2.1"));
            }
        });
        var refused = await other.StartAsync();
        Assert.Equal((503, 5), (refused.Status, refused.RetryAfter));
        using (var ready = await portal.Http.GetAsync(new Uri("/health/ready", UriKind.Relative))) Assert.Equal(503, (int)ready.StatusCode);
        Assert.Equal(503, (await a.BeatAsync()).Status);

        await portal.PassAsync(1);
        var beat = await a.BeatAsync();
        Assert.Equal((200, session), (beat.Status, beat.Get("session_id")));
        Assert.Equal(200, (await other.StartAsync()).Status);
        using (var ready = await portal.Http.GetAsync(new Uri("/health/ready", UriKind.Relative))) Assert.Equal(200, (int)ready.StatusCode);
    }

    [Fact]
    public async Task On_a_database_that_may_not_be_written_the_server_does_not_start_and_says_so_in_one_sentence()
    {
        var folder = await (await PortalServer.StartAsync()).StopAsync();
        var start = await CommandProcess.RunAsync(folder, "--ConnectionStrings:Portal", $"Data Source={Path.Combine(folder, "portal.db")};Mode=ReadOnly", "--urls", "http://127.0.0.1:0");
        Assert.Equal(1, start.ExitCode);
        var sentence = Assert.Single(start.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("The database ", sentence, StringComparison.Ordinal);
        Assert.Contains("readonly", sentence, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_client_that_sends_its_body_too_slowly_is_cut_off_and_keeps_nobody_else_waiting()
    {
        await using var portal = await StartAsync();
        var a = new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint);
        using var slow = new TcpClient();
        await slow.ConnectAsync(portal.Address.Host, portal.Address.Port);
        await using var stream = slow.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("POST /api/main HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"lic"));
        var cutOff = ReadToEndAsync(stream);

        Assert.Equal(200, (await a.StartAsync()).Status);
        Assert.False(cutOff.IsCompleted);
        // The server's patience: five seconds.
        var answer = await cutOff.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal), answer);
        Assert.Equal(200, (await a.BeatAsync()).Status);
    }

    private static Task<PortalServer> StartAsync(bool realTime = false, string? folder = null)
    {
        folder ??= Directory.CreateTempSubdirectory("portal-test-").FullName;
        return PortalServer.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ConnectionStrings:Portal"] = $"Data Source={Path.Combine(folder, "portal.db")};Default Timeout=1",
        }, realTime, folder);
    }

    // As another program does: its own connection, and no end of it. Closing it rolls back.
    private static async Task<SqliteConnection> LockAsync(PortalServer portal)
    {
        var other = new SqliteConnection($"Data Source={Path.Combine(portal.Folder, "portal.db")};Pooling=False");
        await other.OpenAsync();
        await using var command = other.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        await command.ExecuteNonQueryAsync();
        return other;
    }

    // A process of its own, since SQLite's locks are those of a process: the bench's command hold-lock.
    private static async Task<Process> HoldLockAsync(string folder, string seconds)
    {
        var locker = Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(QuoTrading.Portal.Bench.Checking.Checker).Assembly.Location, "hold-lock", Path.Combine(folder, "portal.db"), seconds])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("locked", await locker.StandardOutput.ReadLineAsync());
        return locker;
    }

    private static async Task<Answered> LogOutAsync(HttpClient script, string session)
    {
        using var response = await script.PostAsync(new Uri($"/api/admin/sessions/{session}/logout", UriKind.Relative), JsonContent.Create(new { reason = "fault" }));
        return await Answered.ReadAsync(response);
    }

    private static async Task UntilReadyAsync(PortalServer portal)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            using var ready = await portal.Http.GetAsync(new Uri("/health/ready", UriKind.Relative), limit.Token);
            if (ready.IsSuccessStatusCode) return;
        }
    }

    private static async Task<string> ReadToEndAsync(NetworkStream stream)
    {
        try
        {
            using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
            return await reader.ReadToEndAsync();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
