namespace QuoTrading.Portal.Bench.Generating;

/// <summary>Which session timeouts the administrator of a run chooses among.</summary>
public enum Timeouts
{
    /// <summary>5 to 16 s: whatever comes of a time-out comes often.</summary>
    ShortOnes,

    /// <summary>20 to 45 s: what ends by a dropped stream ends long before its timeout.</summary>
    LongOnes,

    /// <summary>One kind after the other, so that they are lengthened and shortened by much.</summary>
    Both,
}

/// <summary>The timeouts themselves, and for how long one stays in force. All in seconds.</summary>
internal static class TimeoutChoice
{
    /// <summary>From this on the clients of a run make use of it that there is time between the grace and the timeout.</summary>
    public const int Long = 20;

    private static readonly int[] Shorts = [5, 5, 5, 6, 7, 9, 13, 16];
    private static readonly int[] Longs = [20, 20, 30, 45];

    /// <summary>In force from the first request on.</summary>
    public static int First(Timeouts timeouts) => timeouts == Timeouts.LongOnes ? Longs[0] : Shorts[0];

    public static int Next(Timeouts timeouts, Lot lot) => lot.OneOf(timeouts switch
    {
        Timeouts.ShortOnes => Shorts,
        Timeouts.LongOnes => Longs,
        _ => lot.Falls(0.5) ? Shorts : Longs,
    });

    public static double Lasts(double timeout, Lot lot) => timeout switch
    {
        >= Long => lot.Between(20, 40),
        // Not long with a longer one: what comes of a time-out is what the short ones are about.
        > 7 => lot.Between(4, 9),
        _ => lot.Between(6, 12),
    };
}
