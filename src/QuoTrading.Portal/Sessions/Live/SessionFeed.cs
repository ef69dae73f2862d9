using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>Hands committed changes to its subscribers. A subscriber that missed some reads the registry again.</summary>
public sealed class SessionFeed(TimeProvider time)
{
    private readonly Publisher<CommittedChanges> publisher = new(capacity: 1024);

    internal Subscription<CommittedChanges> Subscribe(string name) => publisher.Subscribe(name);

    internal void Publish(IReadOnlyList<SessionChange> changes)
    {
        if (changes.Count > 0) publisher.Publish(new CommittedChanges(changes, time.GetTimestamp()));
    }
}

/// <summary>What one unit changed.</summary>
/// <param name="At">When it was committed, as a timestamp of the monotonic clock.</param>
internal readonly record struct CommittedChanges(IReadOnlyList<SessionChange> Changes, long At);
