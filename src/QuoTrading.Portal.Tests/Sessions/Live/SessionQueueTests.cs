using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Sessions.Live;

/// <summary>What waits is bounded by number and by time; nobody is kept who could be told.</summary>
public sealed class SessionQueueTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(2);

    private readonly FakeTime time = new();

    [Fact]
    public async Task Once_a_command_has_waited_too_long_the_next_is_refused_at_once_and_taken_again_when_the_store_has_caught_up()
    {
        var queue = Queue();
        var stuck = queue.AddAsync(_ => 1);
        var unit = await queue.TakeAsync();
        time.Advance(TimeSpan.FromSeconds(3));
        var waiting = queue.AddAsync(_ => 2);
        time.Advance(TimeSpan.FromMilliseconds(1));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => queue.AddAsync(_ => 3));
        Assert.InRange(queue.Wait, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(4));

        Finish(unit);
        Finish(await queue.TakeAsync());
        Assert.Equal((1, 2), (await stuck, await waiting));
        var next = queue.AddAsync(_ => 4);
        Finish(await queue.TakeAsync());
        Assert.Equal(4, await next);
    }

    [Fact]
    public async Task What_the_server_does_by_itself_is_taken_while_clients_are_refused()
    {
        var queue = Queue();
        _ = queue.AddAsync(_ => 1);
        var unit = await queue.TakeAsync();
        time.Advance(TimeSpan.FromSeconds(60));
        var own = queue.AddOwnAsync(_ => 2);

        Finish(unit);
        time.Advance(TimeSpan.FromSeconds(60));
        Finish(await queue.TakeAsync());
        Assert.Equal(2, await own);
    }

    [Fact]
    public async Task A_sweep_that_takes_long_keeps_no_client_out()
    {
        var queue = Queue();
        _ = queue.AddOwnAsync(_ => 1);
        var unit = await queue.TakeAsync();
        time.Advance(TimeSpan.FromSeconds(60));
        var client = queue.AddAsync(_ => 2);
        Finish(unit);
        Finish(await queue.TakeAsync());
        Assert.Equal(2, await client);
    }

    [Fact]
    public async Task What_nobody_began_for_twice_the_longest_wait_is_given_up_unseen()
    {
        var queue = Queue();
        var decided = false;
        var old = queue.AddAsync(_ => decided = true);
        time.Advance(TimeSpan.FromSeconds(6.5));
        var young = queue.AddAsync(_ => 2);
        var unit = await queue.TakeAsync();
        Finish(unit);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => old);
        Assert.False(decided);
        Assert.Equal(2, await young);
    }

    [Fact]
    public async Task A_command_whose_client_has_gone_is_dropped_before_it_is_decided_and_never_after()
    {
        var queue = Queue();
        using var gone = new CancellationTokenSource();
        using var goesLater = new CancellationTokenSource();
        var dropped = queue.AddAsync(_ => 1, gone.Token);
        var kept = queue.AddAsync(_ => 2, goesLater.Token);
        await gone.CancelAsync();
        var unit = await queue.TakeAsync();
        await goesLater.CancelAsync();
        Finish(unit);

        Assert.Single(unit);
        await Assert.ThrowsAsync<OperationCanceledException>(() => dropped);
        Assert.Equal(2, await kept);
    }

    [Fact]
    public async Task More_than_the_bound_are_refused_at_once()
    {
        var queue = new SessionQueue(new QueueOptions { MostCommands = 3 }, time, time);
        for (var i = 0; i < 3; i++) _ = queue.AddAsync(_ => 1);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => queue.AddAsync(_ => 1));
    }

    [Fact]
    public async Task While_the_store_is_away_clients_are_refused_who_come_and_who_wait_and_the_server_s_own_goes_on()
    {
        var queue = Queue();
        var waiting = queue.AddAsync(_ => 1);
        var own = queue.AddOwnAsync(_ => 2);
        queue.RefusesClients = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => queue.AddAsync(_ => 3));
        Finish(await queue.TakeAsync());
        await Assert.ThrowsAsync<StoreUnavailableException>(() => waiting);
        Assert.Equal(2, await own);

        queue.RefusesClients = false;
        var next = queue.AddAsync(_ => 4);
        Finish(await queue.TakeAsync());
        Assert.Equal(4, await next);
    }

    [Fact]
    public async Task On_a_slow_disk_a_unit_waits_for_those_whom_the_one_before_answered()
    {
        var queue = Queue();
        for (var i = 0; i < 2; i++) _ = queue.AddAsync(_ => 1);
        var unit = await queue.TakeAsync();
        _ = queue.AddAsync(_ => 1);
        queue.Committed(unit.Count);
        Finish(unit);

        var next = queue.TakeAsync(Patience);
        _ = queue.AddAsync(_ => 1);
        Assert.False(next.IsCompleted);
        _ = queue.AddAsync(_ => 1);
        Assert.Equal(3, (await next).Count);
    }

    [Fact]
    public async Task For_those_who_do_not_come_back_it_waits_no_longer_than_it_was_told()
    {
        var queue = Queue();
        for (var i = 0; i < 2; i++) _ = queue.AddAsync(_ => 1);
        queue.Committed((await queue.TakeAsync()).Count);
        _ = queue.AddAsync(_ => 1);

        var next = queue.TakeAsync(Patience);
        Assert.False(next.IsCompleted);
        time.Advance(Patience);
        Assert.Single(await next);
    }

    [Fact]
    public async Task Who_comes_alone_waits_for_nobody()
    {
        var queue = Queue();
        for (var i = 0; i < 3; i++)
        {
            var alone = queue.AddAsync(_ => 1);
            var unit = await queue.TakeAsync(Patience);
            queue.Committed(unit.Count);
            Finish(unit);
            Assert.Equal(1, await alone);
        }
    }

    private SessionQueue Queue() => new(new QueueOptions(), time, time);

    private static void Finish(List<SessionQueue.Work> unit)
    {
        foreach (var work in unit)
        {
            work.Decide(null!);
            work.Answer();
        }
    }
}
