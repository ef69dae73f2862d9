using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions;
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
        while (portal.Registry.StoreWait == TimeSpan.Zero) await Task.Yield();
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

    private static ClientMessage Says(string key) => new(KeyHash.Of(key), "aaaaaaaaaaaaaaaa", "192.0.2.1");
}
