using System;
using System.Diagnostics;

namespace QuoTrading;

/// <summary>
/// Seconds that also pass while the computer sleeps. The monotonic clock may stand still then, and the wall clock may be set: what the
/// wall clock gains on the other counts, and what it loses does not.
/// </summary>
internal sealed class LicenseClock(Func<double> monotonic, Func<double> wall)
{
    private static readonly LicenseClock Own = new(Awake, Wall);

    private readonly object changing = new();
    private double slept;
    private double? lead;

    public static double OfThisComputer() => Own.Now();

    /// <summary>Seconds that pass while the computer is awake, whatever is done to the wall clock.</summary>
    public static double Awake() => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;

    /// <summary>Seconds since 1970, UTC, as this computer believes.</summary>
#pragma warning disable RS0030 // a TimeProvider is another package for .NET Framework; tests set these clocks by functions
    public static double Wall() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
#pragma warning restore RS0030

    public double Now()
    {
        lock (changing)
        {
            double before, between, after;
            do (before, between, after) = (monotonic(), wall(), monotonic());
            while (after - before > 0.05); // interrupted between the two, which would look like a sleep

            var gained = between - after - (lead ??= between - after);
            if (Math.Abs(gained) < 0.25) return after + slept; // what a time server corrects little by little
            lead += gained;
            slept += Math.Max(0, gained);
            return after + slept;
        }
    }
}
