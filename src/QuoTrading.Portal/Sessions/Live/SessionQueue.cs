using System.Threading.Channels;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>
/// The commands that wait to be decided and committed. Limited in number and time: when the store is too slow or down, callers get an
/// error at once instead of waiting.
/// </summary>
/// <param name="diskTime">The clock for gathering commands: the time that a disk takes is real time, whatever clock sessions use.</param>
internal sealed class SessionQueue(QueueOptions options, TimeProvider time, TimeProvider diskTime)
{
    private const int MostInOneUnit = 256;
    private const string StoreIsDown = "The store takes no commits now.";

    private readonly Channel<Work> channel = Channel.CreateBounded<Work>(new BoundedChannelOptions(options.MostCommands) { SingleReader = true });
    // At the moment when the previous unit became durable: the commands that it answers, and those that waited already.
    private int underWay;
    private volatile Gathering? gathering;
    // When the oldest of the commands that are being committed came; 0 if there are none. Commands that still wait came later.
    private long oldest;
    private long oldestOfClients;
    private volatile bool refusesClients;

    /// <summary>
    /// True while the store is known to take no commits: then commands of clients fail at once, also those that wait already. The server's
    /// own commands go on, and so detect when the store is back.
    /// </summary>
    public bool RefusesClients
    {
        get => refusesClients;
        set => refusesClients = value;
    }

    /// <summary>How long the oldest of the commands that are being committed has waited; zero if there are none.</summary>
    public TimeSpan Wait => Age(Volatile.Read(ref oldest));

    /// <summary>How many commands wait that are not begun.</summary>
    public int Depth => channel.Reader.Count;

    /// <param name="abandoned">Cancelled when the caller no longer waits for the answer: a command that is not begun is dropped.</param>
    /// <exception cref="StoreUnavailableException">The store is down, too much waits or waits too long, or the portal stops.</exception>
    public Task<T> AddAsync<T>(Func<SessionBatch, T> decide, CancellationToken abandoned = default)
    {
        if (refusesClients) throw new StoreUnavailableException(StoreIsDown);
        if (Age(Volatile.Read(ref oldestOfClients)) > options.LongestWait) throw new StoreUnavailableException("Session commands have waited too long already.");
        return Add(new Work<T>(decide, Now(), forClient: true, abandoned));
    }

    /// <summary>The same for the server's own commands, one at a time: they must go on while clients are refused.</summary>
    public Task<T> AddOwnAsync<T>(Func<SessionBatch, T> decide) => Add(new Work<T>(decide, Now(), forClient: false, CancellationToken.None));

    public void Complete() => channel.Writer.TryComplete();

    /// <summary>Waits for commands and takes all there are, up to the most for one unit. Empty if there will be no more.</summary>
    /// <param name="patience">
    /// How long to wait for the clients that the previous unit answered. On a slow disk they send again long before the next sync ends, and
    /// would have to wait for its end and for one more. If as many wait as are under way, there is no wait.
    /// </param>
    public async Task<List<Work>> TakeAsync(TimeSpan patience = default)
    {
        Begin([]);
        var taken = new List<Work>();
        while (taken.Count == 0 && await channel.Reader.WaitToReadAsync())
        {
            if (patience > TimeSpan.Zero && Depth < underWay) await GatherAsync(underWay, patience);
            while (taken.Count < MostInOneUnit && channel.Reader.TryRead(out var work))
                if (IsWanted(work)) taken.Add(work);
        }

        underWay = 0;
        Begin(taken);
        return taken;
    }

    /// <summary>A unit is durable, and its commands are answered next.</summary>
    public void Committed(int commands) => underWay = Math.Min(commands + Depth, MostInOneUnit);

    private async Task GatherAsync(int count, TimeSpan patience)
    {
        var all = new Gathering(count);
        await using var timer = diskTime.CreateTimer(static all => ((Gathering)all!).End(), all, patience, Timeout.InfiniteTimeSpan);
        gathering = all;
        all.Look(Depth);
        await all.Task;
        gathering = null;
    }

    private Task<T> Add<T>(Work<T> work)
    {
        if (!channel.Writer.TryWrite(work)) throw new StoreUnavailableException("The queue of session commands is full or closed.");
        gathering?.Look(Depth);
        return work.Task;
    }

    // Nothing of it has begun, so it may still be dropped without effect.
    private bool IsWanted(Work work)
    {
        if (work.Abandoned.IsCancellationRequested) work.Fail(new OperationCanceledException(work.Abandoned));
        else if (work.ForClient && refusesClients) work.Fail(new StoreUnavailableException(StoreIsDown));
        else if (work.ForClient && Age(work.Since) > options.GivenUpAfter) work.Fail(new StoreUnavailableException("A session command waited too long."));
        else return true;
        return false;
    }

    private void Begin(List<Work> taken)
    {
        Volatile.Write(ref oldest, taken.Count > 0 ? taken[0].Since : 0);
        Volatile.Write(ref oldestOfClients, taken.Find(work => work.ForClient)?.Since ?? 0);
    }

    // 0 means none, so a reading of exactly 0 becomes 1.
    private long Now() => Math.Max(1, time.GetTimestamp());

    private TimeSpan Age(long since) => since == 0 ? TimeSpan.Zero : time.GetElapsedTime(since);

    /// <summary>Waits until so many commands wait, or the patience is over.</summary>
    private sealed class Gathering(int count)
    {
        private readonly TaskCompletionSource enough = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task => enough.Task;

        public void Look(int waiting)
        {
            if (waiting >= count) End();
        }

        public void End() => enough.TrySetResult();
    }

    /// <summary>A command, and the task that its caller waits for.</summary>
    internal abstract class Work(long since, bool forClient, CancellationToken abandoned)
    {
        /// <summary>When it came, as a timestamp of the monotonic clock.</summary>
        public long Since => since;

        public bool ForClient => forClient;

        public CancellationToken Abandoned => abandoned;

        /// <summary>Inside a unit. May be called again if that unit was rolled back.</summary>
        public abstract void Decide(SessionBatch batch);

        public abstract void Answer();

        public abstract void Fail(Exception failure);
    }

    private sealed class Work<T>(Func<SessionBatch, T> decide, long since, bool forClient, CancellationToken abandoned) : Work(since, forClient, abandoned)
    {
        private readonly TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? result;

        public Task<T> Task => answer.Task;

        public override void Decide(SessionBatch batch) => result = decide(batch);

        public override void Answer() => answer.TrySetResult(result!);

        public override void Fail(Exception failure) => answer.TrySetException(failure);
    }
}
