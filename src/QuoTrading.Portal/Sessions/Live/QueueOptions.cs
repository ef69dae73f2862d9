using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>The section <c>Portal:Queue</c>: how much may wait to be decided and committed. Beyond it clients are asked to come back.</summary>
[SettingsSection("Queue")]
public sealed class QueueOptions : ISettings
{
    /// <summary>Commands that may wait at a time.</summary>
    public int MostCommands { get; set; } = 20_000;

    /// <summary>Seconds: once a client's command has waited so long, no other is taken until the store has caught up.</summary>
    public int LongestWaitSeconds { get; set; } = 3;

    internal TimeSpan LongestWait => TimeSpan.FromSeconds(LongestWaitSeconds);

    /// <summary>What nobody has begun by then is given up: clients wait 10 s for an answer, and ask again.</summary>
    internal TimeSpan GivenUpAfter => 2 * LongestWait;

    /// <summary>Below 1 nobody would ever be served.</summary>
    /// <inheritdoc/>
    public IEnumerable<string> Check() => PortalOptions.CheckLeast("Queue", (nameof(MostCommands), MostCommands, 1), (nameof(LongestWaitSeconds), LongestWaitSeconds, 1));
}
