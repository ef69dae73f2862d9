using System.Threading.Channels;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Streams;

/// <summary>One open stream of one program of a device. Made by <see cref="OpenStreams"/>; whoever serves it reads <see cref="Events"/> until they end.</summary>
public sealed class StreamHandle
{
    // More than a client that reads can ever be behind; one that does not read is cut off, and goes on by heartbeats.
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

    /// <summary>Empty where the program does not say.</summary>
    public string App { get; }

    /// <summary>The session it belongs to; null until it is bound.</summary>
    public LiveSession? Session { get; internal set; }

    /// <summary>What is to be sent, in order. Completes when the server closes the stream.</summary>
    public ChannelReader<StreamEvent> Events => events.Reader;

    /// <summary>Whether the server closed it: then its end is no drop.</summary>
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

/// <summary>What a stream tells its client. Closed.</summary>
public abstract record StreamEvent
{
    private StreamEvent()
    {
    }

    /// <summary>Nothing new: keeps what is between server and client from closing an idle connection.</summary>
    public sealed record KeepAlive : StreamEvent
    {
        public static KeepAlive Instance { get; } = new();
    }

    /// <summary>The session has ended; the last event.</summary>
    /// <param name="KeptOut">Set where the device is also kept out.</param>
    public sealed record LoggedOut(EndReason Reason, KeptOutUntil? KeptOut = null) : StreamEvent;

    /// <summary>The settings that concern clients changed.</summary>
    public sealed record SettingsChanged(SessionSettings Settings) : StreamEvent;

    /// <summary>The license's expiry or status changed.</summary>
    public sealed record LicenseChanged(LicenseSnapshot License) : StreamEvent;
}
