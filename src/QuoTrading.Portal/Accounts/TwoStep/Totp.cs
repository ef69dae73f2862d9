using OtpNet;

namespace QuoTrading.Portal.Accounts.TwoStep;

/// <summary>
/// The codes of authenticator apps: RFC 6238 with SHA-1, six digits, a step of 30 s, as all apps know them. Identity checks them too, but
/// by the system's clock, and without telling which step a code was of: a code could be used twice.
/// </summary>
internal static class Totp
{
    public const int Digits = 6;

    /// <summary>Seconds for which a code is shown.</summary>
    public const int StepSeconds = 30;

    /// <summary>How many steps the clock of a phone may be off, to either side.</summary>
    private const int Tolerance = 1;

    private static readonly VerificationWindow Window = new(Tolerance, Tolerance);

    public static long StepAt(DateTimeOffset now) => now.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>Which step a typed code is of.</summary>
    /// <param name="key">Base32.</param>
    /// <param name="last">The step of the code that was accepted last: it and those before it are used up.</param>
    /// <returns>Null if it is of none that counts now.</returns>
    /// <exception cref="ArgumentException">The key is no Base32.</exception>
    public static long? FindStep(string key, string typed, DateTimeOffset now, long? last)
    {
        var digits = string.Concat(typed.Where(c => !char.IsWhiteSpace(c)));
        var app = new OtpNet.Totp(Base32Encoding.ToBytes(key), StepSeconds, OtpHashMode.Sha1, Digits);
        // What is farther ahead than any code was accepted by a clock that was wrong: nobody is kept out until it is that time.
        if (last > StepAt(now) + Tolerance) last = null;
        return app.VerifyTotp(now.UtcDateTime, digits, out var step, Window) && step > (last ?? -1) ? step : null;
    }
}
