using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Kernel;

/// <summary>What a publisher promises to whoever listens, and what no listener can do to it.</summary>
public sealed class SubscriptionTests
{
    private readonly Publisher<int> publisher = new(capacity: 3);
    private readonly List<(string Told, string Name)> failures = [];

    [Fact]
    public void A_listener_that_is_too_slow_misses_what_does_not_fit_and_is_told_so_once()
    {
        using var slow = publisher.Subscribe("slow");
        for (var item = 1; item <= 3; item++) publisher.Publish(item);
        Assert.False(slow.TakeMissed());
        publisher.Publish(4);
        Assert.True(slow.TakeMissed());
        Assert.False(slow.TakeMissed());
        Assert.True(slow.TryDrain(out var oldest));
        Assert.Equal(1, oldest);
        Assert.False(slow.TryDrain(out _));
        publisher.Publish(5);
        Assert.True(slow.Reader.TryRead(out var next));
        Assert.Equal(5, next);
    }

    [Fact]
    public async Task Who_is_disposed_any_number_of_times_hears_nothing_more_and_nobody_else_notices()
    {
        var gone = publisher.Subscribe("gone");
        using var stays = publisher.Subscribe("stays");
        Assert.Equal(("gone", 2), (gone.Name, publisher.Count));
        gone.Dispose();
        gone.Dispose();
        Assert.Equal(1, publisher.Count);
        publisher.Publish(1);
        Assert.False(await gone.Reader.WaitToReadAsync(TestContext.Current.CancellationToken));
        Assert.True(stays.Reader.TryRead(out _));
    }

    [Fact]
    public async Task What_comes_during_a_call_is_told_by_one_more()
    {
        var calls = 0;
        using var subscription = publisher.Subscribe("page", Changed, Failed);
        publisher.Publish(0);
        await Until.TrueAsync(() => Volatile.Read(ref calls) == 2, "two calls");
        publisher.Publish(0);
        await Until.TrueAsync(() => Volatile.Read(ref calls) == 3, "three calls");

        void Changed()
        {
            if (Interlocked.Increment(ref calls) > 1) return;
            for (var item = 1; item <= 5; item++) publisher.Publish(item);
        }
    }

    [Fact]
    public async Task A_listener_that_throws_is_told_by_its_name_called_again_and_harms_nobody()
    {
        var heard = 0;
        using var bad = publisher.Subscribe("bad", () => throw new InvalidOperationException("no"), Failed);
        using var good = publisher.Subscribe("good", () => Interlocked.Increment(ref heard), Failed);
        publisher.Publish(1);
        await Until.TrueAsync(() => Failures().Count == 1 && Volatile.Read(ref heard) == 1, "both were called");
        publisher.Publish(2);
        await Until.TrueAsync(() => Failures().Count == 2 && Volatile.Read(ref heard) == 2, "both were called again");
        Assert.All(Failures(), failure => Assert.Equal(("no", "bad"), failure));
    }

    [Fact]
    public void Publishing_allocates_nothing()
    {
        var large = new Publisher<(object, long)>(capacity: 100);
        using var one = large.Subscribe("one");
        using var other = large.Subscribe("other");
        var item = ((object)"unit", 1L);
        for (var i = 0; i < 200; i++) large.Publish(item);
        one.TryDrain(out _);
        other.TryDrain(out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 200; i++) large.Publish(item);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private void Failed(Exception failure, string name)
    {
        lock (failures) failures.Add((failure.Message, name));
    }

    private List<(string Told, string Name)> Failures()
    {
        lock (failures) return [.. failures];
    }
}
