using System.Threading.Channels;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>
/// Hands committed changes to whoever listens. Publishing never waits, throws or holds a lock for a listener: one that is too
/// slow misses changes, is told so, and looks at the registry again.
/// </summary>
public sealed class SessionFeed(TimeProvider time)
{
    private const int Capacity = 1024;

    private readonly Lock changing = new();
    private Subscription[] subscriptions = [];

    /// <summary>How many listen.</summary>
    public int Count => subscriptions.Length;

    /// <param name="name">Who listens, for people who look for leaks.</param>
    /// <returns>Dispose it, any number of times, to listen no longer.</returns>
    public Subscription Subscribe(string name)
    {
        var subscription = new Subscription(this, name);
        lock (changing) subscriptions = [.. subscriptions, subscription];
        return subscription;
    }

    internal void Publish(IReadOnlyList<SessionChange> changes)
    {
        if (changes.Count == 0) return;
        var now = Math.Max(1, time.GetTimestamp());
        foreach (var subscription in subscriptions) subscription.Offer(changes, now);
    }

    private void Remove(Subscription subscription)
    {
        lock (changing) subscriptions = [.. subscriptions.Where(s => s != subscription)];
    }

    public sealed class Subscription : IDisposable
    {
        private readonly SessionFeed feed;
        private readonly Channel<IReadOnlyList<SessionChange>> channel = Channel.CreateBounded<IReadOnlyList<SessionChange>>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

        private int missed;
        private long waiting;

        internal Subscription(SessionFeed feed, string name)
        {
            this.feed = feed;
            Name = name;
        }

        public string Name { get; }

        /// <summary>The changes, unit by unit, in the order of their commits. Completes when the subscription is disposed.</summary>
        public ChannelReader<IReadOnlyList<SessionChange>> Reader => channel.Reader;

        /// <summary>True if changes were lost since the last call: read the whole state again.</summary>
        public bool TakeMissed() => Interlocked.Exchange(ref missed, 0) == 1;

        /// <summary>Drops what waits: for whoever reads the whole state each time.</summary>
        /// <returns>When the oldest of it was committed, as a timestamp of the monotonic clock; null where nothing waited.</returns>
        public long? Drain()
        {
            TakeMissed();
            var since = Interlocked.Exchange(ref waiting, 0);
            while (channel.Reader.TryRead(out _)) continue;
            return since == 0 ? null : since;
        }

        public void Dispose()
        {
            feed.Remove(this);
            channel.Writer.TryComplete();
        }

        internal void Offer(IReadOnlyList<SessionChange> changes, long now)
        {
            Interlocked.CompareExchange(ref waiting, now, 0);
            if (!channel.Writer.TryWrite(changes)) Volatile.Write(ref missed, 1);
        }
    }
}
