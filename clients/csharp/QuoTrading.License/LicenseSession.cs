using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace QuoTrading;

/// <summary>
/// Holds a QuoTrading license: log in, ask <see cref="MayOpen"/> before you open a position, dispose at the end. Never gate closing a position
/// on it; gate opening one. Heartbeats and the stream run by themselves, on the pool; see docs/client-api.md for what they are.
/// </summary>
/// <remarks>
/// A refusal of the portal, and the end of the session by an administrator or with its license, end it for good: <see cref="IsOver"/>. It
/// never logs in again by itself then; call <see cref="LogInAsync"/> when a person wants it. Everything else passes: without answers
/// <see cref="MayOpen"/> turns false shortly before the server could give the license to another device, and true again when it has
/// confirmed the session. So it does where the stream broke or fell silent and no heartbeat is answered, and after the computer was
/// suspended. Every member may be used from any thread.
/// </remarks>
public sealed partial class LicenseSession : IDisposable, IAsyncDisposable
{
    /// <summary>The longest that leaving waits for the server.</summary>
    internal static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(3);

    private const int MostMetadata = 8 * 1024;
    private const int MostWarnings = 32; // of a server's, logged by one object

    private readonly string key, app;
    private readonly string? givenFingerprint, profileFolder;
    private readonly bool singleInstance;
    private readonly Action<string>? logTo;
    private readonly LicenseTransport transport;
    private readonly LicenseSignatures? signatures;
    private readonly LicenseTeller teller;
    private readonly JsonObject telemetry = new() { ["status"] = "online" };

    private readonly HashSet<string> warned = [];
    private readonly object changing = new();
    private LicenseReason? final = new(LicenseReasonCode.NotLoggedIn, "Not logged in.");
    private LicenseReason? ended; // on the server, but not for good
    private double? endedAt;
    private string? sessionId, fingerprint, install, expiration;
    private bool interrupted, isOlder, isDisposed;
    private LicenseState shown;
    private LicenseMates? mates;
    private IDisposable? instance;
    private LicenseRun? run;

    /// <param name="server"><c>https://portal.example.com</c>, also with a path; plain http only for this computer itself, as the license key could be read on its way.</param>
    /// <param name="key">The license key. Never logged here; log none of it yourself.</param>
    /// <param name="options">What the program says of itself, and how it reaches the server.</param>
    /// <exception cref="ArgumentException">One of them cannot be right. Nothing is sent yet.</exception>
    public LicenseSession(string server, string key, LicenseOptions? options = null)
    {
        options ??= new LicenseOptions();
        if (string.IsNullOrWhiteSpace(key)) throw new ArgumentException("The license key is empty.", nameof(key));
        if (string.IsNullOrWhiteSpace(options.App)) throw new ArgumentException("The app is empty.", nameof(options));
        (this.key, app, givenFingerprint, profileFolder) = (key.Trim(), options.App, Meant(options.Fingerprint), options.ProfileFolder);
        (singleInstance, ReleasesOnSignals, logTo) = (options.SingleInstance, options.ReleaseOnSignals, options.Log);
        teller = new LicenseTeller { OnFault = fault => logTo?.Invoke($"A handler of the program's failed: {fault.GetType().Name}.") };
        if (options.Keys is { Count: 0 }) throw new ArgumentException("Keys is empty: name the portal's public keys, or leave it null to believe any server.", nameof(options));
        signatures = options.Keys is { } keys ? new LicenseSignatures(keys) : null;
        transport = new LicenseTransport(server, Meant(options.Proxy));
        Update(symbol: options.Symbol);
        Say("device_name", options.DeviceName, 128);
        Say("bot_version", options.Version, 64);
    }

    /// <summary>As the other constructor, in the words of version 1.0.</summary>
    /// <param name="server">The portal's address.</param>
    /// <param name="key">The license key.</param>
    /// <param name="app">This program's name on the device.</param>
    /// <param name="device">The device's fingerprint.</param>
    /// <exception cref="ArgumentException">One of them cannot be right.</exception>
    public LicenseSession(Uri server, string key, string app, string device)
        : this(server?.OriginalString ?? "", key, new LicenseOptions { App = app, Fingerprint = device })
    {
    }

    /// <summary>The state has changed. All events come on a thread of the pool, one after the other; what a handler throws is logged and harms nothing.</summary>
    public event EventHandler<LicenseEventArgs>? StateChanged;

    /// <summary>It is over: stop. Not told for <see cref="ReleaseAsync"/> and <see cref="HandOverAsync"/>, nor while it may come back.</summary>
    public event EventHandler<LicenseEventArgs>? Ended;

    /// <summary>Another device has the license; the reason says which.</summary>
    public event EventHandler<LicenseEventArgs>? Conflict;

    /// <summary>Interval, timeout or grace have changed.</summary>
    public event EventHandler<LicenseEventArgs>? SettingsChanged;

    /// <summary>
    /// Whether no other device can have been given the license yet. Never gate closing a position on it; gate opening one. Counted at each
    /// call from what was last heard and answered: it never blocks, never throws, and waits for no timer.
    /// </summary>
    public bool MayOpen
    {
        get
        {
            lock (changing) return final is null && Fence.MayTrade(Clock());
        }
    }

    /// <summary>The old name of <see cref="MayOpen"/>.</summary>
    public bool MayTrade => MayOpen;

    /// <summary>What is known now.</summary>
    public LicenseState State
    {
        get
        {
            lock (changing) return Standing(Clock()).State;
        }
    }

    /// <summary>Why it is unknown or lost; null while it is held.</summary>
    public LicenseReason? Reason
    {
        get
        {
            lock (changing) return Standing(Clock()).Reason;
        }
    }

    /// <summary>Whether it is lost for good: nothing brings it back but <see cref="LogInAsync"/>.</summary>
    public bool IsOver
    {
        get
        {
            lock (changing) return final is not null;
        }
    }

    /// <summary>Why it is over, for people; null until then, and before the first login. <see cref="Reason"/> says more.</summary>
    public string? Lost
    {
        get
        {
            lock (changing) return final is { Code: not LicenseReasonCode.NotLoggedIn } over ? over.Message : null;
        }
    }

    /// <summary>The session's id on the server: what support asks for. Null where there is none.</summary>
    public string? SessionId
    {
        get
        {
            lock (changing) return sessionId;
        }
    }

    /// <summary>What the server wants, as last told.</summary>
    public LicenseSettings Settings
    {
        get
        {
            lock (changing) return new LicenseSettings(Fence.Interval, Fence.Timeout, Fence.ToldGrace);
        }
    }

    /// <summary>When the license expires, UTC; null for never, and before the login.</summary>
    public DateTimeOffset? Expiration
    {
        get
        {
            lock (changing)
                return DateTimeOffset.TryParse(expiration, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var told) ? told : null;
        }
    }

    /// <summary>Seconds. A test may have a clock of its own.</summary>
    internal Func<double> Clock { get; init; } = LicenseClock.OfThisComputer;

    internal LicenseFence Fence { get; } = new();

    internal bool ReleasesOnSignals { get; }

    /// <summary>Whether a stream is open that the server has greeted by.</summary>
    internal bool IsStreaming
    {
        get
        {
            lock (changing) return run is { Stream.IsGreeted: true };
        }
    }

    /// <summary>
    /// What the dashboard shows of this program, from the next heartbeat on; null leaves what was said before. Sends nothing itself and never
    /// throws: what is of no use is left out, and the log says so.
    /// </summary>
    /// <param name="status"><c>online</c> or <c>idle</c>.</param>
    /// <param name="symbol">What it trades.</param>
    /// <param name="metadata">
    /// What becomes a JSON object of at most 8 KiB, as an anonymous object, a dictionary, or a <see cref="JsonObject"/>: <c>session_pnl</c> and
    /// <c>position_pnl</c> in US dollars, <c>current_position</c> in contracts, below 0 short, and whatever support may want to see.
    /// </param>
    public void Update(string? status = null, string? symbol = null, object? metadata = null)
    {
        if (status is "online" or "idle") Say("status", status, 64);
        else if (status is not null) Log("The status was left out: it must be online or idle.");
        Say("symbol", symbol, 64);
        if (metadata is null) return;
        try
        {
            var copy = JsonSerializer.SerializeToNode(metadata) as JsonObject;
            if (copy is null || copy.Bytes().Length > MostMetadata)
                Log($"The metadata was left out: it must be an object of at most {MostMetadata} bytes of JSON.");
            else
                lock (changing) telemetry["metadata"] = copy;
        }
        catch (Exception fault) // not a number, a circle, a property that throws: whatever it is, telemetry costs nobody his trading
        {
            Log($"The metadata was left out: {Culprit(metadata)} cannot be sent ({fault.GetType().Name}).");
        }
    }

    /// <summary>The field that cannot be sent, as far as it is one alone.</summary>
    private static string Culprit(object metadata)
    {
        if (metadata is IDictionary) return "it"; // its properties are not what is sent
        foreach (var property in metadata.GetType().GetProperties().Where(one => one.GetIndexParameters().Length == 0))
        {
            try
            {
                JsonSerializer.SerializeToNode(property.GetValue(metadata));
            }
            catch (Exception) // as above
            {
                return property.Name;
            }
        }

        return "it";
    }

    /// <inheritdoc/>
    public override string ToString() => $"{transport.Address} {app} {State}";

    private static string? Meant(string? text) => string.IsNullOrWhiteSpace(text) ? null : text!.Trim();

    private void Say(string field, string? text, int most)
    {
        if (string.IsNullOrEmpty(text)) return;
        lock (changing) telemetry[field] = text!.Length > most ? text.Substring(0, most) : text;
    }

    private JsonObject Body(string? session = null)
    {
        lock (changing)
        {
            var body = new JsonObject { ["license_key"] = key, ["device_fingerprint"] = fingerprint, ["app"] = app };
            foreach (var one in telemetry) body[one.Key] = one.Value?.DeepClone();
            if (session is not null) body["session_id"] = session;
            if (mates?.Token is { } token) body["session_token"] = token;
            return body;
        }
    }

    private JsonObject LoginBody()
    {
        var body = Body();
        if (install is not null) body["install"] = install;
        return body;
    }

    private void Log(string line)
    {
        if (logTo is { } log) teller.Tell(() => log(line));
    }
}
