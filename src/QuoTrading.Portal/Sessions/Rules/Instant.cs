using System.Runtime.InteropServices;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>One reading of service time and wall time together.</summary>
/// <param name="Ms">Service time in milliseconds: the clock for ages.</param>
/// <param name="Utc">Wall time: for people, and for the expiry of licenses.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Instant(long Ms, DateTime Utc);
