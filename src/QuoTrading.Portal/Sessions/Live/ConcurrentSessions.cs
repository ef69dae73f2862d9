namespace QuoTrading.Portal.Sessions.Live;

/// <summary>How many sessions were live in one minute. A minute in which the portal did not run has no row.</summary>
public sealed class ConcurrentSessions
{
    /// <summary>UTC; the start of the minute.</summary>
    public DateTime Minute { get; set; }

    /// <summary>The most sessions that were live at one moment of the minute.</summary>
    public int Live { get; set; }

    /// <summary>The most licenses that had a live session at one moment of the minute.</summary>
    public int Licenses { get; set; }
}
