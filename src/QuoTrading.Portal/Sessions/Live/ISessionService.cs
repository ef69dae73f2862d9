using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>What people, and their scripts, do to sessions.</summary>
public interface ISessionService
{
    /// <summary>The settings in force.</summary>
    SessionSettings Settings { get; }

    /// <summary>
    /// Ends sessions and marks their devices, so that only a login brings them back. One audit entry for each session that was live.
    /// </summary>
    /// <param name="reason">Why, for the history: 1 to <see cref="LogOutResult.MaxReasonLength"/> characters.</param>
    /// <param name="keepOut">Also keeps the devices out, from now on; <see cref="Timeout.InfiniteTimeSpan"/> means without end.</param>
    /// <returns>One result per id, in the same order; none for an id that never was a session.</returns>
    /// <exception cref="ForbiddenException">The actor is below Support.</exception>
    /// <exception cref="ArgumentException">The reason is empty or too long; the message can be shown to people.</exception>
    /// <exception cref="StoreUnavailableException">Nothing was changed.</exception>
    Task<IReadOnlyList<LogOutResult>> LogOutAsync(Actor actor, IReadOnlyCollection<Guid> sessionIds, string reason,
        TimeSpan? keepOut = null, CancellationToken cancel = default);

    /// <summary>Ends all live sessions of the license with this key, like <see cref="LogOutAsync"/>.</summary>
    /// <returns>How many were live; null if there is no such license.</returns>
    Task<int?> ForceClearAsync(Actor actor, string licenseKey, string reason, CancellationToken cancel = default);

    /// <summary>
    /// Refuses a device's logins to a license from now on; a session that it holds ends as by <see cref="LogOutAsync"/>. If it is kept out
    /// already, the new time replaces the old one. Writes an audit entry and an event of the license.
    /// </summary>
    /// <param name="device">Any fingerprint, also of a device that never logged in.</param>
    /// <param name="reason">Why, for the history: 1 to <see cref="LogOutResult.MaxReasonLength"/> characters.</param>
    /// <param name="length">Counted from now; <see cref="Timeout.InfiniteTimeSpan"/> means without end.</param>
    /// <returns>Null if there is no such license.</returns>
    /// <exception cref="ForbiddenException">The actor is below Support.</exception>
    /// <exception cref="ArgumentException">The reason or fingerprint is empty or too long; the message can be shown to people.</exception>
    /// <exception cref="StoreUnavailableException">Nothing was changed.</exception>
    Task<KeepOutResult?> KeepOutAsync(Actor actor, long licenseId, string device, string reason, TimeSpan length, CancellationToken cancel = default);

    /// <summary>Lets a device that is kept out log in again. Writes an audit entry and an event of the license.</summary>
    /// <param name="reason">Optional: why; at most <see cref="LogOutResult.MaxReasonLength"/> characters.</param>
    /// <returns>False if the device is not kept out: nothing was changed.</returns>
    /// <exception cref="ForbiddenException">The actor is below Support.</exception>
    /// <exception cref="ArgumentException">The reason is too long; the message can be shown to people.</exception>
    /// <exception cref="StoreUnavailableException">Nothing was changed.</exception>
    Task<bool> LiftKeepOutAsync(Actor actor, long licenseId, string device, string? reason = null, CancellationToken cancel = default);

    /// <summary>Which live sessions would end if a license were changed to this. Changes nothing.</summary>
    IReadOnlyList<Guid> WouldEnd(LicenseSnapshot after);

    /// <summary>What these settings would do to the sessions that are live now. Changes nothing.</summary>
    SettingsPreview Preview(SessionSettings proposed);

    /// <summary>Validates, ends what is stale under the old timeout, and applies, in one unit; audited.</summary>
    /// <returns>The errors, by field; empty if the settings were changed.</returns>
    /// <exception cref="ForbiddenException">The actor is no Administrator.</exception>
    /// <exception cref="StoreUnavailableException">Nothing was changed.</exception>
    Task<IReadOnlyList<FieldError>> ChangeSettingsAsync(Actor actor, SessionSettingsChange change, CancellationToken cancel = default);
}

/// <summary>The result of logging out one session.</summary>
/// <param name="Session">The session's history row, ended.</param>
/// <param name="WasLive">False if it had ended before; then nothing was changed or audited.</param>
public sealed record LogOutResult(PastSession Session, bool WasLive)
{
    public const int MaxReasonLength = 500;
}

/// <summary>A device that may not log in from now on.</summary>
/// <param name="WasLive">It held a session, which has ended.</param>
public sealed record KeepOutResult(KeptOutUntil Until, bool WasLive);

/// <summary>What proposed settings would do to the live sessions.</summary>
/// <param name="Live">How many are live now.</param>
/// <param name="WouldEnd">How many would end at once.</param>
/// <param name="TooRare">How many of the others send heartbeats so rarely that two of their intervals exceed the timeout.</param>
/// <param name="TooManyOnSeat">How many share a seat beyond the number that may.</param>
/// <param name="WithPosition">How many of those that would end have an open position, by their last metadata.</param>
/// <param name="Copied">How many of those that go on look like copied devices, and would be served in one place only.</param>
public sealed record SettingsPreview(int Live, int WouldEnd, int TooRare, int WithPosition = 0, int TooManyOnSeat = 0, int Copied = 0);
