using QuoTrading.Portal.Sessions.Live;

namespace QuoTrading.Portal.Sessions.Streams;

/// <summary>
/// Distinguishes crashed clients from a proxy that restarts: if more than 20 streams, and more than 20 % of all, drop within 2 s, the
/// drops say nothing about the clients (docs/protocol.md, The session stream).
/// </summary>
internal sealed class MassDrops(TimeProvider time)
{
    public const int Most = 20;
    public const double Share = 0.2;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(2);

    private readonly Queue<(long At, Drop Drop)> recent = new();
    private int waived;

    /// <param name="dropped">The drops since the last call.</param>
    /// <param name="open">The number of streams that are still open.</param>
    public DropVerdict Judge(IReadOnlyList<Drop> dropped, int open)
    {
        var now = time.GetTimestamp();
        while (recent.TryPeek(out var first) && time.GetElapsedTime(first.At, now) > Window)
        {
            recent.Dequeue();
            waived = Math.Max(0, waived - 1);
        }

        foreach (var drop in dropped) recent.Enqueue((now, drop));
        var of = open + recent.Count;
        if (recent.Count > Most && recent.Count > Share * of)
        {
            var newly = recent.Count - waived;
            waived = recent.Count;
            return new DropVerdict([], [.. recent.Select(r => r.Drop)], newly, of, 0);
        }

        // While this can still become a mass drop, each lost session has at least the window before it ends.
        return new DropVerdict(dropped, [], 0, of, of > Most ? (long)Window.TotalMilliseconds : 0);
    }
}
