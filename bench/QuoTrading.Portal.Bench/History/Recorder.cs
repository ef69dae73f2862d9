using System.Diagnostics;

namespace QuoTrading.Portal.Bench.History;

/// <summary>Writes the record while the run goes on. For many clients at once.</summary>
/// <param name="limits">What is the same all the time, and of no operation.</param>
public sealed class Recorder(IReadOnlyList<LicenseLayout> licenses, TimeSpan firstTimeout, TimeSpan interval, RunLimits limits)
{
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly Lock writing = new();
    private readonly List<Operation> done = [];
    private readonly HashSet<Operation> open = [];
    private readonly List<Disturbance> disturbances = [];
    private readonly List<TimeoutChange> changes = [];
    private readonly List<TermsChange> terms = [];
    private readonly List<StreamRecord> streams = [];
    private readonly List<CopiesChange> copies = [];
    private readonly DateTime startedAt = TimeProvider.System.GetUtcNow().UtcDateTime;
    private int count;

    public TimeSpan Now => clock.Elapsed;

    /// <summary>How many operations have been answered.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>Before the request leaves: the checker must know of what is under way.</summary>
    public Operation Begin(Operation operation)
    {
        lock (writing) open.Add(operation);
        return operation;
    }

    /// <param name="read">Writes what the answer said; null where none came.</param>
    public void End(Operation operation, Action<Operation>? read)
    {
        var now = Now;
        lock (writing)
        {
            if (read is null) operation.GivenUp = now;
            else
            {
                operation.Answered = now;
                read(operation);
                // A flood is no measure of how much was tried.
                if (operation.Told != Told.TooMany) count++;
            }

            open.Remove(operation);
            done.Add(operation);
        }
    }

    /// <summary>Before the server is disturbed.</summary>
    /// <returns>To tell more of it later.</returns>
    public int Disturb(DisturbanceKind kind)
    {
        lock (writing)
        {
            disturbances.Add(new Disturbance(kind, Now, TimeSpan.MaxValue, TimeSpan.MaxValue, TimeSpan.MaxValue));
            return disturbances.Count - 1;
        }
    }

    /// <summary>It surely has its effect.</summary>
    public void Begun(int disturbance)
    {
        lock (writing) disturbances[disturbance] = disturbances[disturbance] with { Begun = Now };
    }

    /// <summary>The process is gone for certain, or will be asked to go on.</summary>
    public void Gone(int disturbance)
    {
        lock (writing) disturbances[disturbance] = disturbances[disturbance] with { Gone = Now };
    }

    /// <summary>The server answers again.</summary>
    public void Over(int disturbance)
    {
        lock (writing) disturbances[disturbance] = disturbances[disturbance] with { To = Now };
    }

    /// <summary>Before a change of the timeout is asked for.</summary>
    public int Change(TimeSpan timeout)
    {
        lock (writing)
        {
            changes.Add(new TimeoutChange(Now, null, timeout));
            return changes.Count - 1;
        }
    }

    public void Changed(int change)
    {
        lock (writing) changes[change] = changes[change] with { Answered = Now };
    }

    /// <summary>Before a change of what becomes of copied devices is asked for.</summary>
    public int ChangeCopies(bool refuse)
    {
        lock (writing)
        {
            copies.Add(new CopiesChange(Now, null, refuse));
            return copies.Count - 1;
        }
    }

    public void CopiesChanged(int change)
    {
        lock (writing) copies[change] = copies[change] with { Answered = Now };
    }

    /// <summary>Before a change of a license is asked for.</summary>
    public int Change(int license, Terms to)
    {
        lock (writing)
        {
            terms.Add(new TermsChange(license, Now, null, to));
            return terms.Count - 1;
        }
    }

    /// <summary>A change of a license was answered: it is in force for certain.</summary>
    public void TermsChanged(int change)
    {
        lock (writing) terms[change] = terms[change] with { Answered = Now };
    }

    /// <summary>A stream was opened.</summary>
    /// <returns>To tell more of it later.</returns>
    public int Open(Operation opened)
    {
        lock (writing)
        {
            streams.Add(new StreamRecord(opened));
            return streams.Count - 1;
        }
    }

    /// <summary>Before its client closes the connection.</summary>
    public void Drop(int stream)
    {
        lock (writing)
            if (streams[stream].Gone is null) streams[stream] = streams[stream] with { Dropped = Now };
    }

    /// <summary>Its client saw that it has ended.</summary>
    public void StreamGone(int stream)
    {
        lock (writing)
            if (streams[stream].Dropped is null) streams[stream] = streams[stream] with { Gone = Now };
    }

    /// <summary>Nothing was heard of it for longer than that may be.</summary>
    public void Silent(int stream, TimeSpan from, TimeSpan to)
    {
        lock (writing) streams[stream] = streams[stream] with { Silences = [.. streams[stream].Silences, (from, to)] };
    }

    /// <summary>It told its client that the session has ended.</summary>
    public void LoggedOut(int stream, string reason)
    {
        lock (writing) streams[stream] = streams[stream] with { LoggedOut = (Now, reason) };
    }

    /// <summary>As it stands now; what is under way has no answer yet.</summary>
    public RunRecord Snapshot()
    {
        lock (writing)
            return new RunRecord(licenses, [.. done, .. open.Select(operation => operation.Copy())], [.. disturbances], [.. changes], firstTimeout, interval)
            {
                Terms = [.. terms],
                Streams = [.. streams],
                Copies = [.. copies],
                Grace = limits.Grace,
                DevicesPerSeat = limits.DevicesPerSeat,
                NewDevicesPerSeat = limits.NewDevicesPerSeat,
                StartedAt = startedAt,
            };
    }
}

/// <summary>What a run sets once.</summary>
/// <param name="Grace">The disconnect grace.</param>
/// <param name="DevicesPerSeat">How many devices may be on one seat.</param>
/// <param name="NewDevicesPerSeat">How many new devices a license may have in a day, for each seat.</param>
public sealed record RunLimits(TimeSpan Grace, int DevicesPerSeat, int NewDevicesPerSeat);
