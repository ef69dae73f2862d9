namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>How long a device is kept out: the choices of every dialog.</summary>
internal static class KeepOutTimes
{
    /// <summary>Until it is lifted.</summary>
    public const int ForGood = 0;

    /// <summary>The default, in minutes.</summary>
    public const int Usual = 60;

    public static IReadOnlyList<(int Minutes, string Text)> All { get; } =
        [(15, "15 minutes"), (30, "30 minutes"), (60, "1 hour"), (240, "4 hours"), (1440, "24 hours"), (10_080, "7 days"), (ForGood, "until lifted")];

    public static TimeSpan Length(int minutes) => minutes == ForGood ? Timeout.InfiniteTimeSpan : TimeSpan.FromMinutes(minutes);

    /// <summary><c>for 4 hours</c>, <c>until that is lifted</c>.</summary>
    public static string Words(int minutes) => minutes == ForGood ? "until that is lifted" : $"for {All.First(time => time.Minutes == minutes).Text}";
}
