using Microsoft.Data.Sqlite;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Faults;

/// <summary>The portal is killed as the kernel kills, in the middle of its work, again and again. What it had acknowledged is there afterwards.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Kills = 5;
    private const int Clients = 12;

    [Fact]
    public async Task Nothing_that_was_acknowledged_is_lost_when_the_server_is_killed_under_load()
    {
        var folder = Directory.CreateTempSubdirectory("portal-kill-").FullName;
        var random = new Random(7);
        output.WriteLine("seed 7");
        using var acknowledged = new SemaphoreSlim(0);
        var portal = await PortalProcess.StartAsync(folder);
        try
        {
            var keys = await PortalProcess.RunAsync(folder, "license", "create", "--email", "ada@example.com", "--count", Clients.ToString());
            var clients = keys.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select((key, i) => new Client(key, $"device-{i:d8}", acknowledged)).ToList();
            Assert.Equal(Clients, clients.Count);

            for (var kill = 0; kill < Kills; kill++)
            {
                // Not after a time but after so much work: a slow machine must not make the test empty.
                var work = clients.ConvertAll(client => client.RunAsync(portal));
                for (var least = random.Next(200, 600); least > 0; least--) await acknowledged.WaitAsync();
                await portal.KillAsync();
                await Task.WhenAll(work);
                await portal.DisposeAsync();

                portal = await PortalProcess.StartAsync(folder);
                foreach (var client in clients) await client.CheckAsync(portal);
            }

        }
        finally
        {
            await portal.DisposeAsync();
        }

        Assert.Equal("ok", Query(folder, "PRAGMA integrity_check"));
        Assert.Equal("0", Query(folder, """SELECT count(*) FROM "LiveSessions" l WHERE NOT EXISTS (SELECT 1 FROM "SessionHistory" h WHERE h."SessionId" = l."SessionId" AND h."EndedAt" IS NULL)"""));
        Assert.Equal("0", Query(folder, """SELECT count(*) FROM "SessionHistory" h WHERE h."EndedAt" IS NULL AND NOT EXISTS (SELECT 1 FROM "LiveSessions" l WHERE h."SessionId" = l."SessionId")"""));
        TestFolder.CloseFiles();
        Directory.Delete(folder, recursive: true);
    }

    private static string Query(string folder, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "portal.db")}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar()!.ToString()!;
    }

    /// <summary>Logs in and out on a license of its own, and remembers what it was told last.</summary>
    private sealed class Client(string key, string device, SemaphoreSlim acknowledged)
    {
        private readonly object body = new { license_key = key, device_fingerprint = device };
        private bool? holds;

        public async Task RunAsync(PortalProcess portal)
        {
            try
            {
                while (true)
                {
                    var wasHolding = holds is true;
                    // While a request is under way nobody knows what the server has made of it.
                    holds = null;
                    var answer = await portal.PostAsync(wasHolding ? "/api/session/release" : "/api/validate-license", body);
                    if (answer.Status == 200)
                    {
                        holds = !wasHolding;
                        acknowledged.Release();
                    }
                    else if (answer.Status == 429) holds = wasHolding;
                    // The disk stood still for seconds: then nobody knows.
                    else if (answer.Status != 503) throw new InvalidOperationException($"{answer.Status} {answer.Text}");
                }
            }
            catch (HttpRequestException)
            {
                // Killed: the last request was never answered.
                return;
            }
        }

        public async Task CheckAsync(PortalProcess portal)
        {
            var stranger = await portal.PostAsync("/api/validate-license", new { license_key = key, device_fingerprint = "stranger", check_only = true });
            if (holds is { } known) Assert.Equal(known ? 403 : 200, stranger.Status);
            if (holds is null) holds = stranger.Status == 403;
        }
    }
}
