using Microsoft.Data.Sqlite;

namespace QuoTrading.Portal.Storage.Sqlite;

/// <summary>Classifies the result codes of SQLite.</summary>
internal static class SqliteErrors
{
    private const int Busy = 5, Locked = 6, ReadOnly = 8, IoError = 10, Corrupt = 11, Full = 13, CannotOpen = 14, Constraint = 19, NotADatabase = 26;

    /// <summary>Whether the store, not the statement, is at fault: trying again later may help.</summary>
    public static bool IsUnavailable(Exception failure) => Find(failure)?.SqliteErrorCode
        is Busy or Locked or ReadOnly or IoError or Corrupt or Full or CannotOpen or NotADatabase;

    /// <summary>Whether a unique index or another constraint was violated.</summary>
    public static bool IsConstraint(Exception failure) => Find(failure)?.SqliteErrorCode is Constraint;

    private static SqliteException? Find(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
            if (failure is SqliteException found) return found;
        return null;
    }
}
