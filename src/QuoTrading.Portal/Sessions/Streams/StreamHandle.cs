using System.Threading.Channels;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Streams;

/// <summary>
/// One open stream of one program of a device. <see cref="OpenStreams"/> creates it; the endpoint that serves it reads
/// <see cref="Events"/> until they complete.
/// </summary>
public sealed class StreamHandle
{
    // A client that reads is never this far behind. The stream of a client that does not read is closed; the client goes on by heartbeats.
    private const int Capacity = 32;

    private readonly Channel<StreamEvent> events = Channel.CreateBounded<StreamEvent>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    internal StreamHandle(KeyHash key, string device, string app)
    {
        Key = key;
        Device = device;
        App = app;
    }

    public KeyHash Key { get; }

    public string Device { get; }

    /// <summary>The program's name; empty if the program sends none.</summary>
    public string App { get; }

    /// <summary>The session of the stream; null until <see cref="OpenStreams.Bind"/>.</summary>
    public LiveSession? Session { get; internal set; }

    /// <summary>The events to send, in order. Completes when the server closes the stream.</summary>
    public ChannelReader<StreamEvent> Events => events.Reader;

    /// <summary>Whether the server closed the stream: then its end is not a drop.</summary>
    public bool IsClosed { get; private set; }

    internal void Send(StreamEvent what)
    {
        if (!events.Writer.TryWrite(what)) Close();
    }

    internal void Close(StreamEvent? last = null)
    {
        IsClosed = true;
        if (last is not null) events.Writer.TryWrite(last);
        events.Writer.TryComplete();
    }
}

/// <summary>An event that a stream sends to its client. A closed set of types.</summary>
public abstract record StreamEvent
{
    private StreamEvent()
    {
    }

    /// <summary>No news: keeps proxies and routers between server and client from closing an idle connection.</summary>
    public sealed record KeepAlive : StreamEvent
    {
        public static KeepAlive Instance { get; } = new();
    }

    /// <summary>The session has ended; the last event.</summary>
    /// <param name="KeptOut">Set if the device is also kept out.</param>
    public sealed record LoggedOut(EndReason Reason, KeptOutUntil? KeptOut = null) : StreamEvent;

    /// <summary>The settings that concern clients changed.</summary>
    public sealed record SettingsChanged(SessionSettings Settings) : StreamEvent;

    /// <summary>The license's expiry or status changed.</summary>
    public sealed record LicenseChanged(LicenseSnapshot License) : StreamEvent;
}
