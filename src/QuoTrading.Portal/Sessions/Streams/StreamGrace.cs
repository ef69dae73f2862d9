using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Streams;

/// <summary>
/// The minimum disconnect grace (docs/protocol.md, Half-open connections). A router may lose a connection, so that the server sees a drop
/// and the client notices nothing. After <see cref="KeepAliveSeconds"/> × 1.75 without a message the client sends a heartbeat on a new
/// connection. If that gets no answer either, it opens no position. No other device may get the seat before that.
/// </summary>
/// <param name="allowShort">True in tests and demonstrations: a grace that is set shorter is not raised to the minimum.</param>
internal sealed class StreamGrace(bool allowShort)
{
    /// <summary>The longest time between two messages on a stream.</summary>
    public const int KeepAliveSeconds = 2;

    // 3.5 s until the client sends a heartbeat, and 1.5 s for the answer.
    private const int LeastSeconds = 5;

    /// <summary>The minimum grace after the last stream dropped, in milliseconds, whatever the settings say.</summary>
    public long LeastMs => allowShort ? 0 : LeastSeconds * 1000L;

    /// <summary>The disconnect grace in force, in seconds, as the answers to clients contain it.</summary>
    public int SecondsOf(SessionSettings settings) => (int)Math.Max(settings.DisconnectGraceSeconds, LeastMs / 1000);
}
