using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Online;

/// <summary>Provides the snapshot that all Online pages share, and notifies them of a newer one.</summary>
public interface IOnlineMonitor
{
    /// <inheritdoc cref="OnlineMonitor.Current"/>
    OnlineSnapshot Current { get; }

    /// <summary>The current state of a live session; null once it has ended.</summary>
    LiveSession? Find(Guid sessionId);

    /// <inheritdoc cref="OnlineMonitor.Subscribe"/>
    IDisposable Subscribe(string name, Action changed);
}
