namespace QuoTrading.Portal.Kernel;

/// <summary>
/// Suppresses the host's own log until the server listens. It would log a start error as a stack trace, although
/// <see cref="StartException"/> reports it in one sentence. Any other exception is printed in full by the runtime.
/// </summary>
internal sealed class QuietStart
{
    private const string Host = "Microsoft.Extensions.Hosting.Internal.Host";

    private volatile bool started;

    public QuietStart(ILoggingBuilder logging) => logging.AddFilter(Host, level => started && level >= LogLevel.Information);

    public void Until(CancellationToken listening) => listening.Register(() => started = true);
}
