using System.Globalization;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Components.Shared;

/// <summary>Texts for numbers, times and fingerprints on all pages.</summary>
internal static class Format
{
    /// <summary>The text for an unknown value.</summary>
    public const string Nothing = "–";

    /// <summary><c>1,234</c>.</summary>
    public static string Count(int count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A count that stops at <see cref="RowCount.Most"/>: <c>10,000+</c> beyond.</summary>
    public static string CountOf(int count) => count > RowCount.Most ? $"{Count(RowCount.Most)}+" : Count(count);

    /// <summary><c>1 license</c>, <c>1,234 licenses</c>.</summary>
    public static string Count(int count, string one, string many) => count == 1 ? $"1 {one}" : $"{CountOf(count)} {many}";

    /// <summary><c>1 session</c>, <c>312+ sessions</c>.</summary>
    public static string Count(Counted count, string one, string many) => count.OrMore ? $"{Count(count.Number)}+ {many}" : Count(count.Number, one, many);

    /// <summary>The first eight characters, as refusals name a device.</summary>
    public static string Fingerprint(string device) => device.Length <= 8 ? device : device[..8] + "…";

    /// <summary><c>3 d 4 h</c>, <c>12 min</c>, <c>40 s</c>: at most two units.</summary>
    public static string Length(TimeSpan time) => time switch
    {
        { TotalSeconds: < 60 } => $"{Math.Max(0, (int)time.TotalSeconds)} s",
        { TotalMinutes: < 60 } => $"{(int)time.TotalMinutes} min",
        { TotalHours: < 24 } => time.Minutes == 0 ? $"{(int)time.TotalHours} h" : $"{(int)time.TotalHours} h {time.Minutes} min",
        _ => time.Hours == 0 ? $"{(int)time.TotalDays} d" : $"{(int)time.TotalDays} d {time.Hours} h",
    };

    /// <summary>For attributes that the browser's script reads.</summary>
    public static string Iso(DateTime utc) => utc.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    /// <summary><c>2026-11-21 20:15 UTC</c>.</summary>
    public static string Utc(DateTime utc) => utc.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
