using System.Threading.Channels;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Streams;

/// <summary>
/// Keeps track of the open streams and their sessions. It only counts; <see cref="SessionRules.LoseConnection"/> decides what a drop
/// means.
/// </summary>
public sealed class OpenStreams(StreamOptions options)
{
    // A launcher and a bot; each has a second stream for a moment while it reconnects.
    private const int StreamsPerSeat = 4;

    private readonly Lock changing = new();
    private readonly Dictionary<KeyHash, int> perLicense = [];
    private readonly Dictionary<(KeyHash Key, string Device), int> opening = [];
    private readonly Dictionary<Guid, Holder> holders = [];
    private readonly Channel<Drop> drops = Channel.CreateUnbounded<Drop>(new UnboundedChannelOptions { SingleReader = true });
    private int count;
    private bool stopped;

    /// <summary>The number of open streams.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>Receives an item when the last stream of a session drops.</summary>
    internal ChannelReader<Drop> Drops => drops.Reader;

    /// <summary>Whether one more stream exceeds the limit of this license or the limit for all licenses.</summary>
    /// <param name="seats">The license's number of seats: the limit grows with it.</param>
    public bool IsFull(KeyHash key, int seats)
    {
        lock (changing) return count >= options.MostInAll || perLicense.GetValueOrDefault(key) >= Math.Max(options.MostPerLicense, (long)seats * StreamsPerSeat);
    }

    /// <summary>Whether a session has a stream open. From memory.</summary>
    public bool Holds(Guid sessionId)
    {
        lock (changing) return holders.TryGetValue(sessionId, out var holder) && holder.Open.Count > 0;
    }

    /// <summary>
    /// Registers a stream before the registry looks up its session: from now on, drops of the device's other streams are ignored. The
    /// caller must then call <see cref="Bind"/> or <see cref="GiveUp"/>.
    /// </summary>
    public StreamHandle Begin(KeyHash key, string device, string app)
    {
        lock (changing)
        {
            opening[(key, device)] = opening.GetValueOrDefault((key, device)) + 1;
            perLicense[key] = perLicense.GetValueOrDefault(key) + 1;
            count++;
        }

        return new StreamHandle(key, device, app);
    }

    /// <summary>Assigns the stream to its session.</summary>
    public void Bind(StreamHandle stream, LiveSession session)
    {
        lock (changing)
        {
            EndOpening(stream);
            stream.Session = session;
            if (stopped) stream.Close();
            if (!holders.TryGetValue(session.SessionId, out var holder)) holders[session.SessionId] = holder = new Holder(session.LicenseId);
            holder.Open.Add(stream);
        }
    }

    /// <summary>Removes a stream that was registered, because the device has no session.</summary>
    public void GiveUp(StreamHandle stream)
    {
        lock (changing)
        {
            EndOpening(stream);
            Forget(stream);
        }
    }

    /// <summary>Removes a stream whose connection is closed, by the client or by the server.</summary>
    /// <param name="nowMs">Service time in milliseconds.</param>
    public void Remove(StreamHandle stream, long nowMs)
    {
        lock (changing)
        {
            if (stream.Session is not { } session || !holders.TryGetValue(session.SessionId, out var holder) || !holder.Open.Remove(stream)) return;
            Forget(stream);
            if (!stream.IsClosed) holder.Dropped[stream.App] = nowMs;
            Judge(stream, holder, nowMs);
        }
    }

    /// <summary>
    /// A program left its session by itself: closes its streams. If no other stream is open, earlier drops of other programs count now.
    /// </summary>
    internal void Leave(LiveSession session, string app, long nowMs)
    {
        lock (changing)
        {
            if (!holders.TryGetValue(session.SessionId, out var holder)) return;
            holder.Dropped.Remove(app);
            foreach (var stream in holder.Open.FindAll(stream => string.Equals(stream.App, app, StringComparison.Ordinal)))
            {
                stream.Close();
                holder.Open.Remove(stream);
                Forget(stream);
                Judge(stream, holder, nowMs);
            }
        }
    }

    /// <summary>The session has ended: its streams send <paramref name="last"/>, if there is one, and close.</summary>
    internal void End(Guid sessionId, StreamEvent.LoggedOut? last)
    {
        lock (changing)
        {
            if (!holders.Remove(sessionId, out var holder)) return;
            foreach (var stream in holder.Open)
            {
                stream.Close(last);
                Forget(stream);
            }
        }
    }

    /// <summary>A copy of all open streams. Sessions whose last stream dropped are not in it.</summary>
    internal List<StreamHandle> All()
    {
        lock (changing) return [.. holders.Values.SelectMany(holder => holder.Open)];
    }

    /// <summary>The sessions that are still remembered here, but have no open stream.</summary>
    internal List<(long LicenseId, Guid SessionId)> Abandoned()
    {
        lock (changing) return [.. holders.Where(holder => holder.Value.Open.Count == 0).Select(holder => (holder.Value.LicenseId, holder.Key))];
    }

    /// <summary>The server stops: closes every stream. No drop is reported any more.</summary>
    public void Stop()
    {
        lock (changing)
        {
            stopped = true;
            foreach (var stream in holders.Values.SelectMany(holder => holder.Open)) stream.Close();
        }
    }

    // Checked again when the drop is decided: a device that reconnected in the meantime keeps its session as it is.
    internal bool IsBack(Drop drop)
    {
        lock (changing)
            return opening.ContainsKey((drop.Key, drop.Device)) || (holders.TryGetValue(drop.SessionId, out var holder) && holder.Open.Count > 0);
    }

    private void Judge(StreamHandle stream, Holder holder, long nowMs)
    {
        if (stopped || holder.Open.Count > 0 || holder.Dropped.Count == 0 || stream.Session is not { } session) return;
        drops.Writer.TryWrite(new Drop(stream.Key, stream.Device, session.LicenseId, session.SessionId, new Dictionary<string, long>(holder.Dropped, StringComparer.Ordinal), nowMs));
    }

    private void EndOpening(StreamHandle stream) => CountDown(opening, (stream.Key, stream.Device));

    private void Forget(StreamHandle stream)
    {
        count--;
        CountDown(perLicense, stream.Key);
    }

    // Removes a counter that reaches zero, so that the dictionary does not grow.
    private static void CountDown<T>(Dictionary<T, int> counts, T key) where T : notnull
    {
        if (--counts[key] == 0) counts.Remove(key);
    }

    /// <summary>The open streams of one session, and by program the service time in milliseconds of its last drop.</summary>
    private sealed class Holder(long licenseId)
    {
        public long LicenseId => licenseId;

        public List<StreamHandle> Open { get; } = [];

        public Dictionary<string, long> Dropped { get; } = new(StringComparer.Ordinal);
    }
}
