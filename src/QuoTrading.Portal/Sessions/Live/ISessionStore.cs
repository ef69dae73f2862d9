using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>Where the commit loop stores what was decided. One unit at a time; nothing else writes while one is decided.</summary>
public interface ISessionStore
{
    /// <summary>How long the disk takes to make a commit durable, by the last ones; zero if not known.</summary>
    internal TimeSpan CommitTime { get; }

    /// <summary>The last unit failed because the store takes no commits now: retry soon.</summary>
    internal bool IsDown { get; }

    /// <summary>Waits for the units before it, calls <paramref name="decide"/>, and makes the result durable.</summary>
    /// <param name="decide">
    /// What it reads does not change until its commit is durable. If it throws, nothing is changed, and the caller gets the exception.
    /// </param>
    /// <param name="settle">
    /// Called once, before the next unit begins, so that memory follows the store: with the rows of the events, or null if the unit was
    /// rolled back. Must not throw and not wait.
    /// </param>
    internal Task<CommitOutcome> CommitAsync(Func<IStoredSessions, Commit> decide, Action<CommitOutcome.Durable?> settle);

    /// <summary>The same in a unit that the caller has begun and will commit: a license changes, and sessions end with it.</summary>
    /// <exception cref="System.Data.Common.DbException">It cannot be written; the unit must be rolled back.</exception>
    /// <inheritdoc cref="CommitAsync"/>
    internal void Join(WriteUnit unit, Func<IStoredSessions, Commit> decide, Action<CommitOutcome.Durable?> settle);
}

/// <summary>What is stored, read inside a unit: for what is not in memory.</summary>
internal interface IStoredSessions : ILicenseReader
{
    /// <summary>Grows whenever anything but this process's writer has changed what is stored: then memory is outdated.</summary>
    long ForeignChanges { get; }

    /// <summary>Where the service clock continues, in milliseconds: never before a message that is stored.</summary>
    long LoadServiceTime();

    /// <summary>The settings as stored; the defaults if they were never changed.</summary>
    SessionSettings LoadSettings();

    /// <summary>The sessions and marks of every license that has any.</summary>
    /// <param name="nowMs">Service time: sessions that timed out too long ago to be resumed are left out.</param>
    Dictionary<long, LicenseSessions> LoadSessions(long nowMs);

    /// <summary>The devices that are bound to an installation.</summary>
    List<(long LicenseId, string Device)> LoadBound();

    /// <summary>The installation that a device is bound to; null if there is none.</summary>
    string? FindInstall(long licenseId, string device);

    /// <summary>A session's row of history, as a copy that the caller may change; null if there is none.</summary>
    PastSession? FindRecord(Guid sessionId);
}
