using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Streams;

/// <summary>
/// What a dropped stream leaves its client at the least (docs/protocol.md, Half-open connections). A router may forget a stream so that the
/// server sees a drop and the client hears nothing. The client is in doubt after <see cref="KeepAliveSeconds"/> times 1.75 of silence,
/// asks on a new connection, and opens no position when that is not answered either: nobody else may be let in before.
/// </summary>
/// <param name="allowShort">In tests and demonstrations a shorter grace counts as it is set.</param>
internal sealed class StreamGrace(bool allowShort)
{
    /// <summary>A stream is never silent for longer.</summary>
    public const int KeepAliveSeconds = 2;

    // 3.5 s until the client is in doubt, and 1.5 s for its heartbeat.
    private const int LeastSeconds = 5;

    /// <summary>Milliseconds that a session has after its last stream dropped, whatever is set.</summary>
    public long LeastMs => allowShort ? 0 : LeastSeconds * 1000L;

    /// <summary>The disconnect grace in force, in seconds: as clients are told.</summary>
    public int SecondsOf(SessionSettings settings) => (int)Math.Max(settings.DisconnectGraceSeconds, LeastMs / 1000);
}
