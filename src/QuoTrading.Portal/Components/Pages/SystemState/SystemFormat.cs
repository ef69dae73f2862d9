using System.Globalization;
using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.Licensing.Signing;

namespace QuoTrading.Portal.Components.Pages.SystemState;

/// <summary>Texts for sizes, durations, rates and refusal codes.</summary>
internal static class SystemFormat
{
    private const double Step = 1024;

    // A no-break space: a number and its unit stay on one line.
    private const char Gap = '\u00a0';

    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    // Requests that are refused before any rule is applied have no event, so SessionFormat has no text for them.
    private static readonly Dictionary<string, string> Codes = new(StringComparer.Ordinal)
    {
        ["bad_request"] = "Malformed",
        ["body_too_large"] = "Too large",
        ["incomplete"] = "Cut off, or too slow",
        ["too_many_requests"] = "Too many requests",
        ["unavailable"] = "Database not available",
    };

    /// <summary><c>412 KB</c>, <c>1.4 GB</c>.</summary>
    public static string Bytes(long bytes)
    {
        var (size, unit) = ((double)bytes, 0);
        for (; size >= 1000 && unit < Units.Length - 1; unit++) size /= Step;
        return $"{Short(size, exact: unit == 0)}{Gap}{Units[unit]}";
    }

    /// <summary><c>0.8 ms</c>, <c>12 ms</c>, <c>1.4 s</c>; a dash for null.</summary>
    public static string Duration(TimeSpan? duration) => duration switch
    {
        null => Format.Nothing,
        { TotalMilliseconds: < 1 } tiny => $"{tiny.TotalMilliseconds.ToString("0.0#", CultureInfo.InvariantCulture)}{Gap}ms",
        { TotalMilliseconds: < 1000 } some => $"{Short(some.TotalMilliseconds, exact: false)}{Gap}ms",
        { } many => $"{Short(many.TotalSeconds, exact: false)}{Gap}s",
    };

    /// <summary><c>0.3</c>, <c>1,234</c>.</summary>
    public static string Rate(double perSecond) => Short(perSecond, exact: perSecond == 0);

    /// <summary>The text of the role of a signing key.</summary>
    public static string Role(SigningKeyRole role) => role switch
    {
        SigningKeyRole.Current => "Current",
        SigningKeyRole.Next => "Next",
        _ => "Previous",
    };

    /// <summary>The text of a refusal code.</summary>
    public static string Code(string code) => Codes.GetValueOrDefault(code) ?? SessionFormat.Code(code);

    private static string Short(double number, bool exact) => number.ToString(exact || number >= 10 ? "#,0" : "0.0", CultureInfo.InvariantCulture);
}
