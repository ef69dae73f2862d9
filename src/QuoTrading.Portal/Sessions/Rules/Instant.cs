using System.Runtime.InteropServices;

namespace QuoTrading.Portal.Sessions.Rules;

/// <summary>One reading of both clocks.</summary>
/// <param name="Ms">Service time in milliseconds: what ages are counted in.</param>
/// <param name="Utc">Wall time: what people read, and what licenses expire by.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Instant(long Ms, DateTime Utc);
