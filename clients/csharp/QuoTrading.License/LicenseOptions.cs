using System;
using System.Collections.Generic;

namespace QuoTrading;

/// <summary>What a program may say of itself, and how it reaches the server. All of it may be left out.</summary>
public sealed class LicenseOptions
{
    /// <summary>
    /// The name of this program on the device: <c>launcher</c>, <c>bot</c>, or <c>bot-ES</c> and <c>bot-NQ</c> where one process trades one
    /// symbol. Programs of one device share its session, and each leaves it for itself; so give each its own name.
    /// </summary>
    public string App { get; set; } = "bot";

    /// <summary>What it trades; shown on the dashboard.</summary>
    public string? Symbol { get; set; }

    /// <summary>A name for the computer; shown on the dashboard.</summary>
    public string? DeviceName { get; set; }

    /// <summary>The program's version; shown on the dashboard.</summary>
    public string? Version { get; set; }

    /// <summary>Another fingerprint than <see cref="DeviceFingerprint.OfThisComputer"/>: the same in all programs of a device, another on every other device.</summary>
    public string? Fingerprint { get; set; }

    /// <summary>The server's public keys, each as the portal shows it, <c>kid:base64</c>. With them nothing is believed that none of them signed. Null: any server is believed; empty: refused.</summary>
    public IReadOnlyList<string>? Keys { get; set; }

    /// <summary><c>http://proxy.example.com:3128</c>, also with <c>user:password@</c>. Otherwise what the environment says (<c>HTTPS_PROXY</c>, <c>NO_PROXY</c>).</summary>
    public string? Proxy { get; set; }

    /// <summary>Another folder for the fingerprint and the installation's secret than the user's own.</summary>
    public string? ProfileFolder { get; set; }

    /// <summary>Whether a login is refused while a program of this user holds the license under the same <see cref="App"/>.</summary>
    public bool SingleInstance { get; set; }

    /// <summary>
    /// Whether Ctrl+C, SIGTERM and the like release the license before they end the program. Switch it off where the program catches them
    /// itself and goes on trading meanwhile; then it disposes the session at its end.
    /// </summary>
    public bool ReleaseOnSignals { get; set; } = true;

    /// <summary>Gets each line that the client logs; never with a key, a token or a secret. Called one line after the other, on a thread of the pool.</summary>
    public Action<string>? Log { get; set; }
}
