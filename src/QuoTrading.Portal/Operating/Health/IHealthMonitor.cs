namespace QuoTrading.Portal.Operating.Health;

/// <summary>The current problems of the portal, for pages.</summary>
public interface IHealthMonitor
{
    /// <summary>Empty if all is well. At most a few seconds old.</summary>
    IReadOnlyList<HealthProblem> Problems { get; }

    /// <summary>
    /// Calls <paramref name="changed"/> on a pool thread when the problems change. It must return at once. Disposing ends the calls.
    /// </summary>
    /// <param name="name">The watcher's name, for the log.</param>
    IDisposable Subscribe(string name, Action changed);
}

/// <summary>One problem.</summary>
/// <param name="Check">Its check: <c>database</c>, <c>disk</c>, <c>clock</c>, <c>backups</c>, <c>proxies</c>, <c>signing</c>.</param>
/// <param name="Text">What is wrong, and what it means for customers; for display.</param>
/// <param name="Since">UTC.</param>
/// <param name="IsWarning">The portal still does its work: only for administrators, who can fix it.</param>
public sealed record HealthProblem(string Check, string Text, DateTime Since, bool IsWarning = false);
