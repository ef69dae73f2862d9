namespace QuoTrading.Portal.Kernel;

/// <summary>
/// Until the server listens, the host's own account of what went wrong is left out: it is a stack trace, of what
/// <see cref="StartException"/> says in a sentence; and what that does not know, the runtime prints in full.
/// </summary>
internal sealed class QuietStart
{
    private const string Host = "Microsoft.Extensions.Hosting.Internal.Host";

    private volatile bool started;

    public QuietStart(ILoggingBuilder logging) => logging.AddFilter(Host, level => started && level >= LogLevel.Information);

    public void Until(CancellationToken listening) => listening.Register(() => started = true);
}
