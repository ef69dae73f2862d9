namespace QuoTrading.Testing;

/// <summary>What a <see cref="FakePortal"/> tells its clients. All of it may be left out; times are in seconds, from 1 to 3600.</summary>
public sealed class FakePortalOptions
{
    /// <summary>How often it wants a heartbeat; seconds.</summary>
    public double HeartbeatInterval { get; set; } = 1;

    /// <summary>The session timeout that it tells; seconds. It ends no session by itself.</summary>
    public double SessionTimeout { get; set; } = 30;

    /// <summary>The disconnect grace that it tells; seconds. It ends no session by itself.</summary>
    public double DisconnectGrace { get; set; } = 5;

    /// <summary>How often a stream gives a sign; seconds.</summary>
    public double Keepalive { get; set; } = 1;

    /// <summary>
    /// Whether it signs its answers, by an RSA key that is made when it starts; then <see cref="FakePortal.Keys"/> are those to give to
    /// <see cref="LicenseOptions.Keys"/>. Works on .NET Framework too.
    /// </summary>
#pragma warning disable CA1720 // the word of the protocol, and of the Python client
    public bool Signed { get; set; }
#pragma warning restore CA1720
}
