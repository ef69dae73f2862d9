using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Tasks;

namespace QuoTrading.Testing;

/// <summary>
/// A license server for tests of your own launcher or bot: no portal, no network, no license needed. It answers on a free port of 127.0.0.1,
/// from when it is made until it is disposed.
/// </summary>
/// <remarks>
/// It knows one license with one seat, and gives it to whoever asks first. It is for tests alone: it holds no promise that the portal holds,
/// and ends no session by itself. Every member may be used from any thread.
/// </remarks>
public sealed partial class FakePortal : IDisposable, IAsyncDisposable
{
    private readonly object changing = new();
    private readonly FakePortalOptions told;
    private readonly FakeSigner? signer;
    private readonly FakeServer server;
    private readonly List<FakeRequest> requests = [];
    private readonly List<FakeStream> streams = [];
    private readonly HashSet<string> apps = [], loggedOut = [];
    private (string Device, string Session)? holder;
    private JsonObject? refusal;
    private volatile bool isSilent;

    /// <param name="options">What it tells its clients, and whether it signs.</param>
    /// <exception cref="ArgumentOutOfRangeException">A time is not from 1 to 3600 s.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">There is no free port.</exception>
    public FakePortal(FakePortalOptions? options = null)
    {
        options ??= new FakePortalOptions();
        told = new FakePortalOptions
        {
            HeartbeatInterval = Seconds(options.HeartbeatInterval, nameof(options.HeartbeatInterval)),
            SessionTimeout = Seconds(options.SessionTimeout, nameof(options.SessionTimeout)),
            DisconnectGrace = Seconds(options.DisconnectGrace, nameof(options.DisconnectGrace)),
            Keepalive = Seconds(options.Keepalive, nameof(options.Keepalive)),
            Signed = options.Signed,
        };
        signer = options.Signed ? new FakeSigner() : null;
        server = new FakeServer(this);
    }

    /// <summary>What to give to <see cref="LicenseSession"/> as the server.</summary>
    public string Address => server.Address;

    /// <summary>The license key, another one for each portal. Any other key is told <c>unknown_key</c>.</summary>
    public string Key { get; } = "TEST-" + Guid.NewGuid().ToString("N").ToUpperInvariant();

    /// <summary>For <see cref="LicenseOptions.Keys"/>.</summary>
    /// <exception cref="InvalidOperationException">It was not made with <see cref="FakePortalOptions.Signed"/>.</exception>
    public IReadOnlyList<string> Keys => signer is null ? throw new InvalidOperationException("This portal does not sign: make it with Signed = true.") : [signer.Text];

    /// <summary>Whether some device has the license now.</summary>
    public bool IsHeld
    {
        get
        {
            lock (changing) return holder is not null;
        }
    }

    /// <summary>All that was asked until now, in its order.</summary>
    public IReadOnlyList<FakeRequest> Requests
    {
        get
        {
            lock (changing) return requests.ToArray();
        }
    }

    internal bool IsSilent => isSilent;

    /// <summary>Those requests of which the path ends so: <c>RequestsOf("heartbeat")</c>.</summary>
    /// <param name="path">The end of a path.</param>
    public IReadOnlyList<FakeRequest> RequestsOf(string path) => [.. Requests.Where(request => request.Path.EndsWith(path, StringComparison.Ordinal))];

    /// <summary>From now on logins, heartbeats and streams are refused with that code, until <see cref="Allow"/>.</summary>
    /// <param name="code">One of the portal's: <c>session_conflict</c>, <c>license_expired</c>, <c>kept_out</c>, <c>unavailable</c> (503) ...</param>
    /// <param name="message">For people; null for what the portal says.</param>
    /// <param name="fields">What the answer has besides, as an anonymous object, a dictionary, or a <see cref="JsonObject"/>.</param>
    /// <exception cref="ArgumentException">The code is empty, or the fields become no JSON object.</exception>
    public void Refuse(string code, string? message = null, object? fields = null)
    {
        if (string.IsNullOrWhiteSpace(code)) throw new ArgumentException("The code is empty.", nameof(code));
        var more = fields is null ? [] : JsonSerializer.SerializeToNode(fields) as JsonObject ?? throw new ArgumentException("The fields become no JSON object.", nameof(fields));
        var refused = Refusal(code, message, more);
        lock (changing) refusal = refused;
    }

    /// <summary>Ends <see cref="Refuse"/>.</summary>
    public void Allow()
    {
        lock (changing) refusal = null;
    }

    /// <summary>
    /// Ends the session, and says so on its streams. After <c>forced_logout</c> heartbeats are refused until the next login; with
    /// <c>timed_out</c> or <c>connection_lost</c> a heartbeat gets the session again, as at the portal.
    /// </summary>
    /// <param name="reason">What the streams say.</param>
    /// <param name="message">For people; null for what the portal says.</param>
    public void LogOut(string reason = LicenseReasonCode.ForcedLogout, string? message = null)
    {
        lock (changing)
        {
            if (holder is { } was && reason == LicenseReasonCode.ForcedLogout) loggedOut.Add(was.Device);
            EndSession();
            EndStreams(reason, message);
        }
    }

    /// <summary>Another computer has the license now: its device's name begins with <c>someone</c>.</summary>
    public void GiveAway()
    {
        lock (changing)
        {
            EndSession();
            holder = ("someone else", NewSession());
            EndStreams(LicenseReasonCode.TimedOut, "The session has timed out.");
        }
    }

    /// <summary>Nothing is answered from now on, and streams say nothing, as if the cable had been pulled; until <see cref="Speak"/>.</summary>
    public void FallSilent() => isSilent = true;

    /// <summary>Ends <see cref="FallSilent"/>. What was asked meanwhile stays without an answer; streams say what they could not.</summary>
    public void Speak()
    {
        isSilent = false;
        lock (changing)
            foreach (var stream in streams) stream.Wake();
    }

    /// <summary>Closes its port and its streams; within a second. Twice is harmless.</summary>
    public void Dispose() => Task.Run(() => DisposeAsync().AsTask()).Wait();

    /// <summary>Closes its port and its streams; within a second. Twice is harmless.</summary>
    public async ValueTask DisposeAsync()
    {
        await server.CloseAsync().ConfigureAwait(false);
        signer?.Dispose();
    }

    private static double Seconds(double value, string name) =>
        value is >= 1 and <= LicenseAnswer.MostSeconds ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be from 1 to {LicenseAnswer.MostSeconds} s.");

    private static string NewSession() => Guid.NewGuid().ToString("D");

    private void EndSession()
    {
        holder = null;
        apps.Clear();
    }

    private void EndStreams(string reason, string? message)
    {
        var data = new JsonObject { ["reason"] = reason, ["message"] = message ?? Message(reason, $"The session has ended: {reason}.") }.ToJsonString();
        foreach (var stream in streams) stream.End(data);
    }
}
