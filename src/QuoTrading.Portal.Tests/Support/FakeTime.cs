namespace QuoTrading.Portal.Tests.Support;

/// <summary>
/// Two clocks that a test moves by hand: the wall clock (<see cref="GetUtcNow"/>), which may be stepped, and the monotonic one
/// (<see cref="GetTimestamp"/>), which timers go by. Timers fire inside <see cref="Advance"/>, in the order they are due.
/// </summary>
public sealed class FakeTime(DateTimeOffset? start = null) : TimeProvider
{
    private readonly Lock door = new();
    private readonly List<FakeTimer> timers = [];
    private DateTimeOffset wall = start ?? new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private TimeSpan monotonic;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>The wall clock in UTC. Setting it is a step of the clock: no timer fires, and the monotonic clock stays.</summary>
    public DateTimeOffset Now
    {
        get
        {
            lock (door) return wall;
        }

        set
        {
            lock (door) wall = value;
        }
    }

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp()
    {
        lock (door) return monotonic.Ticks;
    }

    /// <summary>Time passes: both clocks go on together.</summary>
    public void Advance(TimeSpan by) => Move(by, wallToo: true);

    /// <summary>Only the monotonic clock goes on, and fires timers; the wall clock stands.</summary>
    public void AdvanceMonotonic(TimeSpan by) => Move(by, wallToo: false);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private void Move(TimeSpan by, bool wallToo)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        TimeSpan end;
        lock (door) end = monotonic + by;
        while (Step(end, wallToo) is { } fire) fire();
    }

    // To the next timer that is due until the end, or to the end.
    private Action? Step(TimeSpan end, bool wallToo)
    {
        lock (door)
        {
            var next = timers.Where(t => t.Due <= end).MinBy(t => t.Due);
            var to = next?.Due ?? end;
            if (to > monotonic)
            {
                if (wallToo) wall += to - monotonic;
                monotonic = to;
            }

            if (next is null) return null;
            if (next.Period is { } period) next.Due += period;
            else timers.Remove(next);
            return next.Fire;
        }
    }

    private sealed class FakeTimer(FakeTime time, Action fire) : ITimer
    {
        private bool disposed;

        public TimeSpan Due { get; set; }

        public TimeSpan? Period { get; private set; }

        public Action Fire { get; } = fire;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.door)
            {
                time.timers.Remove(this);
                if (disposed) return false;
                Period = period > TimeSpan.Zero ? period : null;
                if (dueTime < TimeSpan.Zero) return true;
                Due = time.monotonic + dueTime;
                time.timers.Add(this);
                return true;
            }
        }

        public void Dispose()
        {
            lock (time.door)
            {
                disposed = true;
                time.timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
