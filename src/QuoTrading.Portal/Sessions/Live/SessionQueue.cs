using System.Threading.Channels;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>
/// What waits to be decided and committed. Bounded by number and by time: when the store cannot keep up or is away, callers are told
/// at once, not kept.
/// </summary>
/// <param name="diskTime">How long a disk takes, and so what is worth waiting for, does not follow the clock of sessions.</param>
internal sealed class SessionQueue(QueueOptions options, TimeProvider time, TimeProvider diskTime)
{
    private const int MostInOneUnit = 256;
    private const string StoreIsDown = "The store takes no commits now.";

    private readonly Channel<Work> channel = Channel.CreateBounded<Work>(new BoundedChannelOptions(options.MostCommands) { SingleReader = true });
    // When the unit before was durable: whom it answers, and who waited already.
    private int underWay;
    private volatile Gathering? gathering;
    // Of what is being committed now; 0 where nothing is. Whatever still waits came later.
    private long oldest;
    private long oldestOfClients;
    private volatile bool refusesClients;

    /// <summary>
    /// Set while the store is known to take no commits: clients are told at once, also those who wait already. What the server does
    /// by itself goes on, and so finds out when the store is back.
    /// </summary>
    public bool RefusesClients
    {
        get => refusesClients;
        set => refusesClients = value;
    }

    /// <summary>How long the oldest command has waited that is being committed now; zero where none is.</summary>
    public TimeSpan Wait => Age(Volatile.Read(ref oldest));

    /// <summary>How many wait that nobody has begun.</summary>
    public int Depth => channel.Reader.Count;

    /// <param name="abandoned">Cancelled when nobody waits for the answer any more: then it is not decided, unless that has begun.</param>
    /// <exception cref="StoreUnavailableException">The store is down, too much waits already, or for too long, or the portal is stopping.</exception>
    public Task<T> AddAsync<T>(Func<SessionBatch, T> decide, CancellationToken abandoned = default)
    {
        if (refusesClients) throw new StoreUnavailableException(StoreIsDown);
        if (Age(Volatile.Read(ref oldestOfClients)) > options.LongestWait) throw new StoreUnavailableException("Session commands have waited too long already.");
        return Add(new Work<T>(decide, Now(), forClient: true, abandoned));
    }

    /// <summary>The same for what the server does by itself, once at a time: it must go on while clients are refused.</summary>
    public Task<T> AddOwnAsync<T>(Func<SessionBatch, T> decide) => Add(new Work<T>(decide, Now(), forClient: false, CancellationToken.None));

    public void Complete() => channel.Writer.TryComplete();

    /// <summary>Waits for work and takes all there is, up to what one unit may hold. Empty: there will be none any more.</summary>
    /// <param name="patience">
    /// How long to wait for those whom the unit before answered: on a slow disk they ask again long before the next sync is over, and
    /// would wait for it to end and for one more. Where as many wait as are under way, nobody is waited for.
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

    /// <summary>A unit is durable, and will be answered now.</summary>
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

    // Nothing of it has begun, so it may still be as if it had never come.
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

    // 0 means none; a reading of exactly 0 is as good as 1.
    private long Now() => Math.Max(1, time.GetTimestamp());

    private TimeSpan Age(long since) => since == 0 ? TimeSpan.Zero : time.GetElapsedTime(since);

    /// <summary>Waits until so many wait, or until it has been long enough.</summary>
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

    /// <summary>A command and whoever waits for its answer.</summary>
    internal abstract class Work(long since, bool forClient, CancellationToken abandoned)
    {
        /// <summary>When it came, on the monotonic clock.</summary>
        public long Since => since;

        public bool ForClient => forClient;

        public CancellationToken Abandoned => abandoned;

        /// <summary>Inside a unit. May be called again where that unit came to nothing.</summary>
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
