namespace QuoTrading.Portal.Sessions.Live;

/// <summary>The service time at the last flush; one row. The clock continues from here after a restart.</summary>
internal sealed class ServiceTime
{
    public int Id { get; set; } = 1;

    public long Milliseconds { get; set; }
}
