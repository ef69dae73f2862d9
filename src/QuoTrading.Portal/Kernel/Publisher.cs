namespace QuoTrading.Portal.Kernel;

/// <summary>
/// Publishes items to its listeners. Publishing never waits for a listener, never throws, holds no lock while a listener runs, and
/// allocates nothing.
/// </summary>
/// <param name="capacity">
/// How many items may wait for one listener. 1 if listeners only need to know that something is new: items that come while one waits
/// are covered by it.
/// </param>
internal sealed class Publisher<T>(int capacity)
{
    private readonly Lock changing = new();
    private Subscription<T>[] subscriptions = [];

    /// <summary>The number of subscriptions.</summary>
    public int Count => subscriptions.Length;

    /// <param name="name">The name of the listener, for the log and to find leaks.</param>
    /// <returns>Dispose it, any number of times, to listen no longer.</returns>
    public Subscription<T> Subscribe(string name)
    {
        var subscription = new Subscription<T>(name, capacity, Remove);
        lock (changing) subscriptions = [.. subscriptions, subscription];
        return subscription;
    }

    /// <summary>
    /// Calls <paramref name="changed"/> on a thread pool thread, one call at a time, after each item or after several that came together.
    /// </summary>
    /// <param name="name">The name of the listener.</param>
    /// <param name="failed">Gets the exception of a call and the listener's name. Later calls and other listeners are not affected.</param>
    /// <returns>Dispose it, any number of times, to end the calls. A call that is running is not interrupted.</returns>
    public Subscription<T> Subscribe(string name, Action changed, Action<Exception, string> failed)
    {
        var subscription = Subscribe(name);
        // Without the caller's execution context: that of a page belongs to its circuit, and would live as long as the subscription.
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
