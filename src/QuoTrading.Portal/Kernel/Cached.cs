namespace QuoTrading.Portal.Kernel;

/// <summary>
/// A value that is read again when it is too old. Of several concurrent callers, one reads it for all. If that fails, only that caller
/// gets the exception, and the next one tries again.
/// </summary>
#pragma warning disable CA1001 // See its field.
internal sealed class Cached<T>(TimeSpan goodFor, TimeProvider time) where T : class
#pragma warning restore CA1001
{
    // Never disposed: no code uses its wait handle, and without one it holds no resource.
    private readonly SemaphoreSlim reading = new(1);
    private volatile Entry? entry;

    public async Task<T> GetAsync(Func<CancellationToken, Task<T>> readAsync, CancellationToken cancel)
    {
        if (Fresh() is { } known) return known;
        await reading.WaitAsync(cancel);
        try
        {
            if (Fresh() is { } meanwhile) return meanwhile;
            var value = await readAsync(cancel);
            entry = new Entry(value, time.GetTimestamp());
            return value;
        }
        finally
        {
            reading.Release();
        }
    }

    private T? Fresh() => entry is { } kept && time.GetElapsedTime(kept.At) < goodFor ? kept.Value : null;

    private sealed record Entry(T Value, long At);
}
