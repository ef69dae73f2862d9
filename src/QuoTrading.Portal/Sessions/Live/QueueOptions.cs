using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Sessions.Live;

/// <summary>The section <c>Portal:Queue</c>: how many commands may wait, and how long. Beyond that clients must try again later.</summary>
[SettingsSection("Queue")]
public sealed class QueueOptions : ISettings
{
    /// <summary>Commands that may wait at a time.</summary>
    public int MostCommands { get; set; } = 20_000;

    /// <summary>Seconds: once a client's command has waited so long, no other is taken until the store has caught up.</summary>
    public int LongestWaitSeconds { get; set; } = 3;

    internal TimeSpan LongestWait => TimeSpan.FromSeconds(LongestWaitSeconds);

    /// <summary>A command that is not begun by then fails: clients wait 10 s for an answer, and try again.</summary>
    internal TimeSpan GivenUpAfter => 2 * LongestWait;

    /// <summary>Values below 1 would refuse every command.</summary>
    /// <inheritdoc/>
    public IEnumerable<string> Check() => PortalOptions.CheckLeast("Queue", (nameof(MostCommands), MostCommands, 1), (nameof(LongestWaitSeconds), LongestWaitSeconds, 1));
}
