using System;
using System.Threading;
using System.Threading.Tasks;

namespace QuoTrading;

/// <summary>One login's heartbeats and stream. Those of an earlier one cannot touch what the next one knows.</summary>
#pragma warning disable CA1001 // no timer and no handle hangs on them, and whoever is late may still ask
internal sealed class LicenseRun
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource stop = new(), cut = new(), gone = new();
    private readonly SemaphoreSlim beat = new(0), stream = new(0);
    private CancellationTokenSource? asking;
    private bool twice;
    private volatile bool isStopped;

    /// <summary>Nothing new is sent any more.</summary>
    public bool IsStopped => isStopped;

    /// <summary>Ends when nothing new is sent any more.</summary>
    public CancellationToken Stopping => stop.Token;

    /// <summary>Ends when what was sent is not waited for any more.</summary>
    public CancellationToken Cut => cut.Token;

    /// <summary>Ends when the stream is closed.</summary>
    public CancellationToken Gone => gone.Token;

    public Task Sending { get; set; } = Task.CompletedTask;

    public Task Hearing { get; set; } = Task.CompletedTask;

    /// <summary>What became of giving the license back; null as long as nobody has.</summary>
    public Task<bool>? Farewell { get; set; }

    /// <summary>The stream that is open, or asked for; null for none.</summary>
    public LicenseStream? Stream { get; set; }

    /// <summary>The sign after which the watch asked by a heartbeat: once for each.</summary>
    public double? Doubted { get; set; }

    public void BeatNow() => beat.Release();

    /// <summary>Now, and once more soon after: the first may be there before the drop is.</summary>
    public void BeatTwice()
    {
        Volatile.Write(ref twice, true);
        beat.Release();
    }

    /// <returns>Whether it is to be followed by a second one.</returns>
    public bool TakeTwice()
    {
        var was = Volatile.Read(ref twice);
        Volatile.Write(ref twice, false);
        return was;
    }

    public void WakeStream() => stream.Release();

    /// <summary>Until a heartbeat is due, is wanted, or there are no more.</summary>
    public Task WaitForBeatAsync(double seconds) => WaitAsync(beat, seconds);

    /// <summary>Until the stream is to be asked for.</summary>
    public Task WaitForStreamAsync(double seconds) => WaitAsync(stream, seconds);

    /// <summary>The limit of a request that is under way, for <see cref="CutAsking"/>.</summary>
    public void Ask(CancellationTokenSource? limit) => Interlocked.Exchange(ref asking, limit);

    /// <summary>A heartbeat that is under way may hang as the stream does: the next one is not to wait for it.</summary>
    public void CutAsking()
    {
        try
        {
            Volatile.Read(ref asking)?.CancelAfter(1); // by a timer: this thread may hold the lock, and would run what waits for it
        }
        catch (ObjectDisposedException)
        {
            // It has its answer.
        }
    }

    public void Stop()
    {
        isStopped = true;
        Cancel(stop);
    }

    /// <summary>Nothing is sent, waited for or heard any more.</summary>
    public void Quit()
    {
        Stop();
        Cancel(cut);
        Cancel(gone);
    }

    public void CutRequests() => Cancel(cut);

    // On the pool: whoever cancels may be a window's thread, and must not run what waits for it.
    private static void Cancel(CancellationTokenSource source) => _ = Task.Run(source.Cancel);

    private async Task WaitAsync(SemaphoreSlim wanted, double seconds)
    {
        try
        {
            await wanted.WaitAsync(TimeSpan.FromSeconds(seconds), stop.Token).ConfigureAwait(false);
            while (wanted.Wait(0))
            {
                // Several reasons, one message.
            }
        }
        catch (OperationCanceledException)
        {
            // Said by Stopping.
        }
    }
}

/// <summary>One stream, from the asking on. What it says of itself is read and written under the session's lock.</summary>
internal sealed class LicenseStream(CancellationTokenSource end)
{
    /// <summary>When the request for it began to be sent; null before.</summary>
    public double? Asked { get; set; }

    /// <summary>Whether the doubt began by asking for it.</summary>
    public bool BeganDoubt { get; set; }

    /// <summary>Whether the server has greeted by it.</summary>
    public bool IsGreeted { get; set; }

    /// <summary>The session that it is about, as it said.</summary>
    public string? SessionId { get; set; }

    /// <summary>When something last came over it.</summary>
    public double LastByte { get; set; }

    /// <summary>The last byte after which a heartbeat asked, with an older server.</summary>
    public double? AskedAbout { get; set; }

    /// <summary>Given up for its silence by this end: that is no drop to be counted anew.</summary>
    public bool IsGivenUp { get; private set; }

    public void GiveUp()
    {
        IsGivenUp = true;
        try
        {
            end.CancelAfter(1); // by a timer: this thread holds the lock, and would run what waits for it
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }
}
