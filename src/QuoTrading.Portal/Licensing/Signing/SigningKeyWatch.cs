using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Licensing.Signing;

/// <summary>Reads the keys every <see cref="Pace"/>: a command may change them. Makes the first keys if the start could not.</summary>
internal sealed partial class SigningKeyWatch(SigningKeys keys, TimeProvider time, ILogger<SigningKeyWatch> log) : Periodic(Pace, time)
{
    internal static readonly TimeSpan Pace = TimeSpan.FromSeconds(15);

    internal override Task RunOnceAsync(CancellationToken cancel = default) => keys.PrepareAsync(cancel);

    protected override void Failed(Exception failure) => LogFailed(failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "The keys that sign answers to clients could not be read again; it is tried again.")]
    private partial void LogFailed(Exception failure);
}
