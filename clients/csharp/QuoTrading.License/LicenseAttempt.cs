using System;
using System.Threading;
using System.Threading.Tasks;

namespace QuoTrading;

/// <summary>A login that is under way, and can be ended by a release or by its caller.</summary>
internal sealed class LicenseAttempt : IDisposable
{
    private readonly CancellationTokenSource over, cut = new();
    private readonly CancellationTokenRegistration soon;
    private readonly TaskCompletionSource<bool> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool isOver;

    /// <param name="longestAnswer">How long what was sent may still be answered after the end.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public LicenseAttempt(TimeSpan longestAnswer, CancellationToken cancellationToken)
    {
        over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        soon = over.Token.Register(() =>
        {
            isOver = true;
            cut.CancelAfter(longestAnswer);
        });
    }

    public bool IsOver => isOver || over.IsCancellationRequested;

    /// <summary>Ends when the answer is not waited for any more.</summary>
    public CancellationToken Cut => cut.Token;

    public LicenseReason Why { get; private set; } = new(LicenseReasonCode.Released, "The login was given up.");

    /// <summary>Whether what the server may have given was given back.</summary>
    public bool Released { get; set; }

    /// <summary>A pause between two requests; ends with the attempt.</summary>
    public Task WaitAsync(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), over.Token).ContinueWith(_ => { }, TaskScheduler.Default);

    /// <summary>It is over; under the lock under which a login begins, so that none begins after it.</summary>
    public void Mark(LicenseReason why) => (Why, isOver) = (why, true);

    /// <summary>Ends it, and waits until what the server may have given is given back.</summary>
    public async Task<bool> EndAsync(TimeSpan longest)
    {
        try
        {
            over.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself.
        }

        await Task.WhenAny(done.Task, Task.Delay(longest)).ConfigureAwait(false);
        return done.Task.IsCompleted && await done.Task.ConfigureAwait(false);
    }

    public void Done() => done.TrySetResult(Released);

    public void Dispose()
    {
        soon.Dispose();
        over.Dispose();
        cut.Dispose();
    }
}
