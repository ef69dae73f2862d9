using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Faults;

/// <summary>A store that stands still: who comes is told at once, nobody is let in or out for it, and it goes on by itself.</summary>
public sealed class BackpressureTests
{
    [Fact]
    public async Task While_a_commit_hangs_new_commands_are_refused_at_once_and_afterwards_all_goes_on()
    {
        await using var portal = await PortalServer.StartAsync();
        var (stuckKey, waitingKey, goneKey, lateKey) = (await portal.CreateKeyAsync(), await portal.CreateKeyAsync(), await portal.CreateKeyAsync(), await portal.CreateKeyAsync());
        var disk = new TaskCompletionSource();
        var hung = portal.Services.GetRequiredService<Writer>().RunAsync(_ => disk.Task);

        var stuck = portal.Registry.LogInAsync(Says(stuckKey));
        portal.Time.Advance(TimeSpan.FromSeconds(1));
        await Until.TrueAsync(() => portal.Registry.StoreWait > TimeSpan.Zero, "a unit has begun");
        var waiting = portal.Registry.LogInAsync(Says(waitingKey));
        using var client = new CancellationTokenSource();
        var gone = portal.Registry.LogInAsync(Says(goneKey), client.Token);
        portal.Time.Advance(TimeSpan.FromSeconds(3));
        await client.CancelAsync();

        var refused = await portal.PostAsync("/api/main", new { license_key = lateKey, device_fingerprint = "D" });
        Assert.Equal((503, "unavailable", 5), (refused.Status, refused.Get("code"), refused.RetryAfter));
        using (var ready = await portal.Http.GetAsync(new Uri("/health/ready", UriKind.Relative))) Assert.Equal(503, (int)ready.StatusCode);

        disk.SetResult();
        await hung;
        Assert.IsType<Outcome.Holds>((await stuck).Outcome);
        Assert.IsType<Outcome.Holds>((await waiting).Outcome);
        await Assert.ThrowsAsync<OperationCanceledException>(() => gone);
        Assert.Equal(200, (await portal.PostAsync("/api/main", new { license_key = lateKey, device_fingerprint = "D" })).Status);
        Assert.Equal(200, (await portal.PostAsync("/api/main", new { license_key = goneKey, device_fingerprint = "another" })).Status);
        using (var ready = await portal.Http.GetAsync(new Uri("/health/ready", UriKind.Relative))) Assert.Equal(200, (int)ready.StatusCode);
    }

    [Fact]
    public async Task No_more_wait_than_the_queue_may_hold_and_those_are_served_when_the_store_goes_on()
    {
        const int Most = 10;
        await using var portal = await PortalServer.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["Portal:Queue:MostCommands"] = Most.ToString() });
        var disk = new TaskCompletionSource();
        var hung = portal.Services.GetRequiredService<Writer>().RunAsync(_ => disk.Task);
        var keys = new List<string>();
        for (var i = 0; i < Most; i++) keys.Add(LicenseKey.Create());
        var stuck = portal.Registry.LogInAsync(Says(keys[0]));
        portal.Time.Advance(TimeSpan.FromSeconds(1));
        await Until.TrueAsync(() => portal.Registry.StoreWait > TimeSpan.Zero, "a unit has begun");

        var waiting = keys.ConvertAll(key => portal.Registry.LogInAsync(Says(key)));
        for (var i = 0; i < 3 * Most; i++)
        {
            var refused = await portal.PostAsync("/api/main", new { license_key = keys[i % Most], device_fingerprint = $"D{i}" });
            Assert.Equal((503, 5), (refused.Status, refused.RetryAfter));
        }

        Assert.All(waiting, login => Assert.False(login.IsCompleted));
        disk.SetResult();
        await hung;
        await stuck;
        Assert.All(await Task.WhenAll(waiting), answer => Assert.IsType<Outcome.UnknownKey>(answer.Outcome));
    }

    private static ClientMessage Says(string key) => new(KeyHash.Of(key), "aaaaaaaaaaaaaaaa", "192.0.2.1");
}
