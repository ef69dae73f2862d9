using System.Threading.Channels;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Streams;

/// <summary>
/// Which streams are open now, and for which session. What a drop means is decided by <see cref="SessionRules.LoseConnection"/>;
/// here is only counted who is there.
/// </summary>
public sealed class OpenStreams(StreamOptions options)
{
    // A launcher and a bot, and each of them once more while it opens a new one.
    private const int StreamsPerSeat = 4;

    private readonly Lock changing = new();
    private readonly Dictionary<KeyHash, int> perLicense = [];
    private readonly Dictionary<(KeyHash Key, string Device), int> opening = [];
    private readonly Dictionary<Guid, Holder> holders = [];
    private readonly Channel<Drop> drops = Channel.CreateUnbounded<Drop>(new UnboundedChannelOptions { SingleReader = true });
    private int count;
    private bool stopped;

    /// <summary>How many are open.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>Sessions whose last stream went, as it happens.</summary>
    internal ChannelReader<Drop> Drops => drops.Reader;

    /// <summary>Whether another stream of this license, or any, would be too many.</summary>
    /// <param name="seats">How many devices may use it: each may hold some streams.</param>
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
    /// Announces a stream before its session is asked for: a drop of the device's other streams says nothing from here on. End that
    /// with <see cref="Bind"/> or <see cref="GiveUp"/>.
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

    /// <summary>The stream is this session's from now on.</summary>
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

    /// <summary>The device has no session that the stream could be of.</summary>
    public void GiveUp(StreamHandle stream)
    {
        lock (changing)
        {
            EndOpening(stream);
            Forget(stream);
        }
    }

    /// <summary>The connection is gone, whoever closed it.</summary>
    /// <param name="nowMs">Service time.</param>
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

    /// <summary>A program left its session by itself: its streams are closed, and what the others' streams said counts.</summary>
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

    /// <summary>The session has ended: its streams say so and close.</summary>
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

    /// <summary>All of them, as they are now; those whose last stream dropped are not among them.</summary>
    internal List<StreamHandle> All()
    {
        lock (changing) return [.. holders.Values.SelectMany(holder => holder.Open)];
    }

    /// <summary>The sessions of which something is remembered, though no stream is open.</summary>
    internal List<(long LicenseId, Guid SessionId)> Abandoned()
    {
        lock (changing) return [.. holders.Where(holder => holder.Value.Open.Count == 0).Select(holder => (holder.Value.LicenseId, holder.Key))];
    }

    /// <summary>The server stops: every stream is closed, and none of that is a drop.</summary>
    public void Stop()
    {
        lock (changing)
        {
            stopped = true;
            foreach (var stream in holders.Values.SelectMany(holder => holder.Open)) stream.Close();
        }
    }

    // That is asked again while the drop is decided: whoever came back meanwhile has lost nothing.
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

    // What is counted to nothing is forgotten.
    private static void CountDown<T>(Dictionary<T, int> counts, T key) where T : notnull
    {
        if (--counts[key] == 0) counts.Remove(key);
    }

    /// <summary>The streams of one session, and when each program's last one dropped, in milliseconds of service time.</summary>
    private sealed class Holder(long licenseId)
    {
        public long LicenseId => licenseId;

        public List<StreamHandle> Open { get; } = [];

        public Dictionary<string, long> Dropped { get; } = new(StringComparer.Ordinal);
    }
}
