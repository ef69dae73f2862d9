using System.Threading.Channels;

namespace QuoTrading.Portal.Kernel;

/// <summary>
/// A listener of a <see cref="Publisher{T}"/>, with its own bounded queue. A slow listener misses items. <see cref="TakeMissed"/> reports
/// that, and the listener must then read the whole state again.
/// </summary>
internal sealed class Subscription<T>(string name, int capacity, Action<Subscription<T>> remove) : IDisposable
{
    private readonly Channel<T> channel = Channel.CreateBounded<T>(new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    private int missed;

    public string Name => name;

    /// <summary>The items, in the order in which they were published. Completes when the subscription is disposed.</summary>
    public ChannelReader<T> Reader => channel.Reader;

    /// <summary>Whether items were lost since the last call. If true, read the whole state again.</summary>
    public bool TakeMissed() => Interlocked.Exchange(ref missed, 0) == 1;

    /// <summary>Discards all waiting items, for a listener that reads the whole state each time.</summary>
    /// <param name="oldest">The first of them.</param>
    /// <returns>False if no item waited.</returns>
    public bool TryDrain(out T? oldest)
    {
        TakeMissed();
        if (!Reader.TryRead(out oldest)) return false;
        while (Reader.TryRead(out _)) continue;
        return true;
    }

    public void Dispose()
    {
        remove(this);
        channel.Writer.TryComplete();
    }

    internal void Offer(T item)
    {
        if (!channel.Writer.TryWrite(item)) Volatile.Write(ref missed, 1);
    }

    internal async Task CallAsync(Action changed, Action<Exception, string> failed)
    {
        while (await Reader.WaitToReadAsync())
        {
            TryDrain(out _);
            // The subscription was disposed while an item waited.
            if (Reader.Completion.IsCompleted) return;
            try
            {
                changed();
            }
            catch (Exception failure)
            {
                failed(failure, name);
            }
        }
    }
}
