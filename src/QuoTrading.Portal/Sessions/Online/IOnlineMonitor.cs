using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Online;

/// <summary>What the Online page looks at: one shared snapshot, and a call when there is a newer one.</summary>
public interface IOnlineMonitor
{
    /// <inheritdoc cref="OnlineMonitor.Current"/>
    OnlineSnapshot Current { get; }

    /// <summary>Everything known of a live session, as it is now; null once it has ended.</summary>
    LiveSession? Find(Guid sessionId);

    /// <inheritdoc cref="OnlineMonitor.Subscribe"/>
    IDisposable Subscribe(string name, Action changed);
}
