using Microsoft.Extensions.Time.Testing;

namespace QuoTrading.Portal.Tests.Support;

/// <summary>
/// Two clocks that a test moves by hand: the monotonic one, which timers go by, and the wall clock, which may be stepped apart from it,
/// also back. The library has one clock for both. Timers fire inside <see cref="Advance"/>.
/// </summary>
public sealed class FakeTime(DateTimeOffset? start = null) : FakeTimeProvider(start ?? new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero))
{
    private long passed;
    private long stepped;

    /// <summary>The wall clock in UTC. Setting it is a step of the clock: no timer fires, and the monotonic clock stays.</summary>
    public DateTimeOffset Now
    {
        get => new(GetTimestamp() + Volatile.Read(ref stepped), TimeSpan.Zero);
        set => Volatile.Write(ref stepped, value.UtcTicks - GetTimestamp());
    }

    // The library's would also fire timers, on the thread of the server that only asks for the time.
    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => Start.UtcTicks + Volatile.Read(ref passed);

    /// <summary>Time passes: both clocks go on together. The library's would also sleep a millisecond of real time.</summary>
    public new void Advance(TimeSpan by) => SetUtcNow(new DateTimeOffset(Start.UtcTicks + Interlocked.Add(ref passed, by.Ticks), TimeSpan.Zero));
}
