using OtpNet;

namespace QuoTrading.Portal.Accounts.TwoStep;

/// <summary>
/// The codes of authenticator apps: RFC 6238 with SHA-1, six digits, a step of 30 s, as all apps support them. Identity can check them
/// too, but it uses the system clock and does not return the step of a code, so that a code could be used twice.
/// </summary>
internal static class Totp
{
    public const int Digits = 6;

    /// <summary>Seconds for which a code is shown.</summary>
    public const int StepSeconds = 30;

    /// <summary>How many steps the clock of a phone may be ahead or behind.</summary>
    private const int Tolerance = 1;

    private static readonly VerificationWindow Window = new(Tolerance, Tolerance);

    public static long StepAt(DateTimeOffset now) => now.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>Finds the step to which a typed code belongs.</summary>
    /// <param name="key">Base32.</param>
    /// <param name="last">The step of the code that was accepted last: it and all earlier ones are used up.</param>
    /// <returns>Null if the code belongs to no step that is valid now.</returns>
    /// <exception cref="ArgumentException">The key is not Base32.</exception>
    public static long? FindStep(string key, string typed, DateTimeOffset now, long? last)
    {
        var digits = string.Concat(typed.Where(c => !char.IsWhiteSpace(c)));
        var app = new OtpNet.Totp(Base32Encoding.ToBytes(key), StepSeconds, OtpHashMode.Sha1, Digits);
        // A last step that is further ahead was accepted while the clock was wrong. Kept, it would refuse all codes until that time.
        if (last > StepAt(now) + Tolerance) last = null;
        return app.VerifyTotp(now.UtcDateTime, digits, out var step, Window) && step > (last ?? -1) ? step : null;
    }
}
