namespace QuoTrading.Portal.Kernel;

/// <summary>Those who listen to one source. Publishing never waits, throws, or holds a lock for a listener, and allocates nothing.</summary>
/// <param name="capacity">
/// How many items may wait for one listener. 1 where a listener only needs to know that something is new: what comes while that waits
/// is told together with it.
/// </param>
internal sealed class Publisher<T>(int capacity)
{
    private readonly Lock changing = new();
    private Subscription<T>[] subscriptions = [];

    /// <summary>How many listen.</summary>
    public int Count => subscriptions.Length;

    /// <param name="name">Who listens, for the log and for people who look for leaks.</param>
    /// <returns>Dispose it, any number of times, to listen no longer.</returns>
    public Subscription<T> Subscribe(string name)
    {
        var subscription = new Subscription<T>(name, capacity, Remove);
        lock (changing) subscriptions = [.. subscriptions, subscription];
        return subscription;
    }

    /// <summary>Calls <paramref name="changed"/> on a pool thread, one call at a time, after each item or after several that came together.</summary>
    /// <param name="name">Who listens.</param>
    /// <param name="failed">What a call threw, and whose it was. The others are called all the same.</param>
    /// <returns>Dispose it, any number of times, to end the calls. One that is under way goes on.</returns>
    public Subscription<T> Subscribe(string name, Action changed, Action<Exception, string> failed)
    {
        var subscription = Subscribe(name);
        // Not on the caller's context: that is a page's circuit, and what it carries would live as long as the subscription.
        ThreadPool.UnsafeQueueUserWorkItem(state => _ = subscription.CallAsync(changed, failed), state: null);
        return subscription;
    }

    public void Publish(T item)
    {
        foreach (var subscription in subscriptions) subscription.Offer(item);
    }

    private void Remove(Subscription<T> subscription)
    {
        lock (changing) subscriptions = [.. subscriptions.Where(s => s != subscription)];
    }
}
