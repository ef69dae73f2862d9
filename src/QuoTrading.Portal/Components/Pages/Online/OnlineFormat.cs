using System.Globalization;
using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Online;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Components.Pages.Online;

/// <summary>Texts for the fields of a session.</summary>
internal static class OnlineFormat
{
    public const string Nothing = "–";

    // The most positions that are listed; more are counted.
    private const int MostTogether = 2;

    /// <summary><c>+$137</c>, <c>−$20.50</c>, <c>$0</c>; a dash if it is unknown.</summary>
    public static string Money(decimal? amount)
    {
        if (amount is not { } dollars) return Nothing;
        var sign = dollars switch { > 0 => "+", < 0 => "−", _ => "" };
        var digits = Math.Abs(dollars).ToString(dollars == Math.Truncate(dollars) ? "#,0" : "#,0.00", CultureInfo.InvariantCulture);
        return $"{sign}${digits}";
    }

    /// <summary>
    /// <c>long 2 ES</c>, <c>short 1 NQ</c>, <c>flat</c>; a dash if it is unknown. If several programs have one:
    /// <c>long 2 ES, short 1 NQ</c>, or <c>3 positions</c>.
    /// </summary>
    public static string Position(OnlineRow row)
    {
        if (row.Programs.Count == 0) return Position(row.Telemetry, row.Symbol);
        var open = row.Programs.Where(program => program.Figures.HasOpenPosition).ToList();
        return open.Count switch
        {
            0 => row.TellsPosition ? "flat" : Nothing,
            <= MostTogether => string.Join(", ", open.Select(program => Position(program.Figures, program.Symbol))),
            var count => $"{Count(count)} positions",
        };
    }

    /// <summary>
    /// <c>long 2 ES, +$137</c>; if several programs have one: <c>bot-ES: long 2 ES, +$137; bot-NQ: short 1 NQ, −$20</c>.
    /// </summary>
    public static string PositionWithProfit(OnlineRow row) => row.HasOpenPosition ? string.Join("; ", OpenPositions(row)) : Position(row);

    public static string PositionWithProfit(OnlineProgram program) => PositionWithProfit(program.Figures, program.Symbol);

    /// <summary>Each open position of a session; with several programs, preceded by the name of the program.</summary>
    public static IEnumerable<string> OpenPositions(OnlineRow row) => row.Programs.Count == 0
        ? [PositionWithProfit(row.Telemetry, row.Symbol)]
        : row.Programs.Where(program => program.Figures.HasOpenPosition).Select(program => $"{Name(program)}: {PositionWithProfit(program)}");

    /// <summary>The name that a program reports.</summary>
    public static string Name(OnlineProgram program) => program.App ?? "program without a name";

    /// <summary><c>ES</c>, <c>ES, NQ</c>; a dash if it is unknown.</summary>
    public static string Symbols(OnlineRow row)
    {
        if (row.Programs.Count == 0) return row.Symbol ?? Nothing;
        var symbols = row.Programs.Select(program => program.Symbol).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return symbols.Count == 0 ? Nothing : string.Join(", ", symbols);
    }

    public static string DeviceName(OnlineRow row) => row.DeviceName ?? Fingerprint(row);

    public static string Fingerprint(OnlineRow row) => Fingerprint(row.Device);

    /// <summary><c>ada@example.com on OFFICE-04</c>.</summary>
    public static string Who(PastSession ended) => $"{ended.CustomerEmail} on {ended.DeviceName ?? Fingerprint(ended.Device)}";

    private static string Position(Telemetry figures, string? symbol) => figures.Position switch
    {
        null => Nothing,
        0 => "flat",
        { } held => $"{(held > 0 ? "long" : "short")} {Math.Abs(held).ToString("0.####", CultureInfo.InvariantCulture)} {figures.Symbol ?? symbol}".TrimEnd(),
    };

    private static string PositionWithProfit(Telemetry figures, string? symbol) =>
        figures is { HasOpenPosition: true, PositionPnl: { } profit } ? $"{Position(figures, symbol)}, {Money(profit)}" : Position(figures, symbol);

    private static string Fingerprint(string device) => device.Length <= 8 ? device : device[..8] + "…";

    /// <summary><c>bot, launcher</c>: the programs that use the session, as they name themselves; a dash if none has a name.</summary>
    public static string Programs(LiveSession? session)
    {
        var names = session is null ? [] : session.OtherApps.Select(app => app.Name).Prepend(session.App ?? "").Where(name => name.Length > 0).ToList();
        return names.Count == 0 ? Nothing : string.Join(", ", names);
    }

    /// <summary>How many devices share a seat, and what that can mean.</summary>
    public static string OnSeat(int devices) => devices >= OnlineLine.ManyOnSeat
        ? $"{Count(devices)} devices on one seat: apps and symbols of one machine, or a shared key"
        : "Apps and symbols of one machine, on one seat";

    /// <summary>The sign that a device may be copied: <c>Copied device? Two networks: it is heard from …</c>.</summary>
    public static string Copied(CopiedMark mark) => $"{SessionFormat.Copied(mark.Sign)}: {CopiedBecause(mark)}";

    /// <summary>The same without the heading.</summary>
    public static string CopiedBecause(CopiedMark mark) => mark.Sign switch
    {
        CopySign.TwoNetworks => $"it is heard from {mark.Where} in turn",
        CopySign.TooManyHeartbeats => $"about twice the heartbeats of one machine for five minutes, from {mark.Where}",
        CopySign.OtherInstall => $"another installation logged in with this fingerprint, from {mark.Where}",
        _ => $"two programs go on from one login, from {mark.Where}",
    };

    /// <summary>What support can do about it, and what an administrator can do.</summary>
    public static string CopiedAdvice(CopySign sign) => sign == CopySign.OldToken
        ? SessionFormat.ProofAdvice
        : "Ask the customer whether two computers run, or a router with two lines: an administrator may set the license to refuse copied devices (Edit).";

    public static string Sessions(int count) => count == 1 ? "1 session" : $"{count.ToString("#,0", CultureInfo.InvariantCulture)} sessions";

    public static string Count(int count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>For attributes that the browser's script reads.</summary>
    public static string Iso(DateTime utc) => utc.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
