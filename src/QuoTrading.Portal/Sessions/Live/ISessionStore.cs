using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>Where the commit loop keeps what was decided. One unit at a time; nobody else writes while one is decided.</summary>
public interface ISessionStore
{
    /// <summary>What the disk takes to make a commit durable, by the last ones; zero where nothing is known.</summary>
    internal TimeSpan CommitTime { get; }

    /// <summary>The last unit failed because the store takes no commits now: it should be tried again soon.</summary>
    internal bool IsDown { get; }

    /// <summary>Waits for the turn, asks what is to be written, and makes it durable.</summary>
    /// <param name="decide">What it reads stays so until its commit is durable. Where it throws, nothing is changed, and the caller gets the exception.</param>
    /// <param name="settle">
    /// Called once, before anybody else has a turn, so that memory follows the store: with the rows of the events, or null where it came
    /// to nothing. Must not throw and not wait.
    /// </param>
    internal Task<CommitOutcome> CommitAsync(Func<IStoredSessions, Commit> decide, Action<CommitOutcome.Durable?> settle);

    /// <summary>The same as a part of a unit that somebody else has begun and will commit: a license changes, and sessions end with it.</summary>
    /// <exception cref="System.Data.Common.DbException">It cannot be written; the unit must come to nothing.</exception>
    /// <inheritdoc cref="CommitAsync"/>
    internal void Join(WriteUnit unit, Func<IStoredSessions, Commit> decide, Action<CommitOutcome.Durable?> settle);
}

/// <summary>What is stored, as of a unit: for what memory does not know.</summary>
internal interface IStoredSessions : ILicenseReader
{
    /// <summary>Grows whenever somebody else than this process's writer has changed what is stored: then memory is out of date.</summary>
    long ForeignChanges { get; }

    /// <summary>Where the service clock goes on, in milliseconds: never before a message that is stored.</summary>
    long LoadServiceTime();

    /// <summary>The settings as stored; the defaults where nobody changed any.</summary>
    SessionSettings LoadSettings();

    /// <summary>The sessions and marks of every license that has any.</summary>
    /// <param name="nowMs">Service time: who timed out longer ago than he may resume is left out.</param>
    Dictionary<long, LicenseSessions> LoadSessions(long nowMs);

    /// <summary>The devices that are bound to an installation.</summary>
    List<(long LicenseId, string Device)> LoadBound();

    /// <summary>The installation that a device is bound to; null where none is.</summary>
    string? FindInstall(long licenseId, string device);

    /// <summary>A session's row of history, as a copy of the caller's own; null where there is none.</summary>
    PastSession? FindRecord(Guid sessionId);
}
