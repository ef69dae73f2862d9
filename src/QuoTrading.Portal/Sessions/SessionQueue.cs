using System.Threading.Channels;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Sessions;

/// <summary>What waits to be decided and committed. Bounded: when the store cannot keep up, callers are told, not kept.</summary>
internal sealed class SessionQueue
{
    private const int Capacity = 20_000;
    private const int MostInOneUnit = 256;

    private readonly Channel<Work> channel = Channel.CreateBounded<Work>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    /// <exception cref="StoreUnavailableException">Too much waits already, or the portal is stopping.</exception>
    public Task<T> AddAsync<T>(Func<SessionBatch, T> decide)
    {
        var work = new Work<T>(decide);
        if (!channel.Writer.TryWrite(work)) throw new StoreUnavailableException("The queue of session commands is full or closed.");
        return work.Task;
    }

    public void Complete() => channel.Writer.TryComplete();

    /// <summary>Waits for work and takes all there is, up to what one unit may hold. Empty: there will be none any more.</summary>
    public async Task<List<Work>> TakeAsync()
    {
        var taken = new List<Work>();
        if (!await channel.Reader.WaitToReadAsync()) return taken;
        while (taken.Count < MostInOneUnit && channel.Reader.TryRead(out var work)) taken.Add(work);
        return taken;
    }

    /// <summary>A command and whoever waits for its answer.</summary>
    internal abstract class Work
    {
        /// <summary>Inside a unit. May be called again where that unit came to nothing.</summary>
        public abstract void Decide(SessionBatch batch);

        public abstract void Answer();

        public abstract void Fail(Exception failure);
    }

    private sealed class Work<T>(Func<SessionBatch, T> decide) : Work
    {
        private readonly TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? result;

        public Task<T> Task => answer.Task;

        public override void Decide(SessionBatch batch) => result = decide(batch);

        public override void Answer() => answer.TrySetResult(result!);

        public override void Fail(Exception failure) => answer.TrySetException(failure);
    }
}
