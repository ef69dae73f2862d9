using System;
using System.Threading;
using System.Threading.Tasks;

namespace QuoTrading.Testing;

/// <summary>A stream of a <see cref="FakePortal"/> that is open.</summary>
internal sealed class FakeStream : IDisposable
{
    private readonly SemaphoreSlim wake = new(0);
    private volatile string? farewell;

    /// <summary>The data of <c>logged_out</c>, after which it is closed; null as long as it goes on.</summary>
    public string? Farewell => farewell;

    public void End(string data)
    {
        farewell ??= data;
        Wake();
    }

    /// <summary>It looks at once whether there is something to say.</summary>
    public void Wake() => wake.Release();

    /// <summary>Until it is woken, or a sign is due.</summary>
    /// <exception cref="OperationCanceledException">The portal is closed.</exception>
    public Task WaitAsync(double keepalive, CancellationToken closing) => wake.WaitAsync(TimeSpan.FromSeconds(keepalive), closing);

    public void Dispose() => wake.Dispose();
}
