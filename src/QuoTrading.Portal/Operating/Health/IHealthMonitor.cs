namespace QuoTrading.Portal.Operating.Health;

/// <summary>What is wrong with the portal right now, for whoever looks at a page.</summary>
public interface IHealthMonitor
{
    /// <summary>Empty if all is well. At most a few seconds old.</summary>
    IReadOnlyList<HealthProblem> Problems { get; }

    /// <summary>Calls <paramref name="changed"/> on a pool thread when the problems are others. It must return at once. Disposing ends the calls.</summary>
    /// <param name="name">Who listens, for the log.</param>
    IDisposable Subscribe(string name, Action changed);
}

/// <summary>One thing that is wrong.</summary>
/// <param name="Check">What found it: <c>database</c>, <c>disk</c>, <c>clock</c>, <c>backups</c>, <c>proxies</c>, <c>signing</c>.</param>
/// <param name="Text">What is wrong, and what it means for customers; for people.</param>
/// <param name="Since">UTC.</param>
/// <param name="IsWarning">The portal does its work all the same: for administrators alone, who can mend it.</param>
public sealed record HealthProblem(string Check, string Text, DateTime Since, bool IsWarning = false);
