using System.Collections.Concurrent;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Sessions.Online;

/// <summary>The live sessions at one instant. Each sort order is computed once and shared by all pages.</summary>
/// <param name="rows">Newest session first.</param>
/// <param name="at">UTC.</param>
/// <param name="keptOut">The number of devices that are kept out, of all licenses.</param>
public sealed class OnlineSnapshot(OnlineRow[] rows, DateTime at, int keptOut = 0)
{
    private readonly ConcurrentDictionary<OnlineSort, IReadOnlyList<OnlineRow>> orders = new();
    private readonly Lazy<Dictionary<(long LicenseId, int Seat), int>> shared =
        new(() => rows.CountBy(row => (row.LicenseId, row.Seat)).Where(seat => seat.Value > 1).ToDictionary());

    private readonly Lazy<Dictionary<Guid, OnlineRow>> byId = new(() => rows.ToDictionary(row => row.SessionId));

    private readonly Lazy<ILookup<long, OnlineRow>> byLicense = new(() => rows.ToLookup(row => row.LicenseId));

    public IReadOnlyList<OnlineRow> Rows => rows;

    /// <summary>UTC.</summary>
    public DateTime At => at;

    /// <summary>The number of devices that are kept out, of all licenses.</summary>
    public int KeptOut => keptOut;

    public OnlineRow? Find(Guid sessionId) => byId.Value.GetValueOrDefault(sessionId);

    /// <summary>The seats that several devices share, with the number of devices.</summary>
    public IReadOnlyDictionary<(long LicenseId, int Seat), int> SharedSeats => shared.Value;

    /// <summary>How many devices are live on a session's seat; 1 if the seat is not shared.</summary>
    public int DevicesOnSeat(OnlineRow row) => shared.Value.GetValueOrDefault((row.LicenseId, row.Seat), 1);

    /// <summary>The sessions of a license, newest first.</summary>
    public IEnumerable<OnlineRow> Of(long licenseId) => byLicense.Value[licenseId];

    /// <summary>How many of a license's seats are in use.</summary>
    public int SeatsInUse(long licenseId) => Of(licenseId).Select(row => row.Seat).Distinct().Count();

    /// <summary>All rows, sorted. Equal rows are ordered by session id, so that they do not jump between two snapshots.</summary>
    public IReadOnlyList<OnlineRow> In(OnlineSort sort) => orders.GetOrAdd(sort, Sort);

    private IReadOnlyList<OnlineRow> Sort(OnlineSort sort)
    {
        Comparison<OnlineRow> compare = sort.Column switch
        {
            OnlineColumn.Customer => (a, b) => string.CompareOrdinal(a.CustomerEmail, b.CustomerEmail),
            OnlineColumn.Key => (a, b) => string.CompareOrdinal(a.KeyMasked, b.KeyMasked),
            OnlineColumn.Plan => (a, b) => string.CompareOrdinal(a.Plan, b.Plan),
            OnlineColumn.Device => (a, b) => string.CompareOrdinal(a.DeviceName ?? a.Device, b.DeviceName ?? b.Device),
            OnlineColumn.Address => (a, b) => string.CompareOrdinal(a.Address, b.Address),
            OnlineColumn.Version => (a, b) => string.CompareOrdinal(a.BotVersion, b.BotVersion),
            OnlineColumn.Status => (a, b) => string.CompareOrdinal(a.Status, b.Status),
            OnlineColumn.Symbol => (a, b) => string.CompareOrdinal(a.Symbol, b.Symbol),
            OnlineColumn.ProfitAndLoss => (a, b) => Nullable.Compare(a.SessionPnl, b.SessionPnl),
            OnlineColumn.Position => (a, b) => Nullable.Compare(a.Contracts, b.Contracts),
            OnlineColumn.Since => (a, b) => a.StartedAt.CompareTo(b.StartedAt),
            OnlineColumn.LastSeen => (a, b) => a.LastSeenAt.CompareTo(b.LastSeenAt),
            _ => throw new ArgumentOutOfRangeException(nameof(sort)),
        };
        var sorted = (OnlineRow[])rows.Clone();
        var sign = sort.Descending ? -1 : 1;
        Array.Sort(sorted, (a, b) => compare(a, b) is var order and not 0 ? sign * order : a.SessionId.CompareTo(b.SessionId));
        return sorted;
    }
}

/// <summary>One live session, as pages show it. Immutable; the same object as long as nothing changed.</summary>
/// <param name="Key">The hash of the license's key: finds the row by a complete key, without revealing the key.</param>
/// <param name="LastSeenAt">UTC, wall time.</param>
/// <param name="Seat">The license's seat, from 1; programs and symbols of one computer share one.</param>
/// <param name="HasStream">A program of the device holds a stream, so a crash of it is noticed at once.</param>
/// <param name="IsLost">Its streams dropped, and it has until <paramref name="StaleAt"/> to come back.</param>
/// <param name="Copied">Its device seems to be used in two places; null without a sign of that.</param>
/// <param name="StaleAt">UTC: when the session times out if its client sends nothing from now on.</param>
public sealed record OnlineRow(
    Guid SessionId,
    long LicenseId,
    string CustomerEmail,
    string? CustomerName,
    KeyHash? Key,
    string KeyMasked,
    string Plan,
    string Device,
    string? DeviceName,
    string Address,
    string? BotVersion,
    string? Status,
    string? Symbol,
    Telemetry Telemetry,
    DateTime StartedAt,
    DateTime LastSeenAt,
    DateTime StaleAt,
    int Seat = 1,
    bool HasStream = false,
    bool IsLost = false,
    CopiedMark? Copied = null)
{
    /// <summary>
    /// The name of the program that sent the last message: empty if it sends no name, null if no program uses the session now.
    /// </summary>
    public string? App { get; init; }

    /// <summary>
    /// The programs of the device if there are several, the one that sent the last message first. Empty for a single program: then the row
    /// itself holds its data. With several, <see cref="Telemetry"/> and the row's texts come from the last message of any of them.
    /// </summary>
    public IReadOnlyList<OnlineProgram> Programs { get; init; } = [];

    /// <summary>Whether any of its programs has an open position.</summary>
    public bool HasOpenPosition => Programs.Count == 0 ? Telemetry.HasOpenPosition : Programs.Any(program => program.Figures.HasOpenPosition);

    /// <summary>Whether any of its programs reported a position, even one of zero.</summary>
    public bool TellsPosition => Contracts is not null;

    /// <summary>The contracts of all its programs, long minus short; null if none reported any.</summary>
    public decimal? Contracts => Sum(figures => figures.Position);

    /// <summary>US dollars, for the open positions of all its programs; null if none reported it.</summary>
    public decimal? PositionPnl => Sum(figures => figures.PositionPnl);

    /// <summary>US dollars, for all its programs; null if none reported it.</summary>
    public decimal? SessionPnl => Sum(figures => figures.SessionPnl);

    private decimal? Sum(Func<Telemetry, decimal?> of)
    {
        if (Programs.Count == 0) return of(Telemetry);
        decimal? sum = null;
        foreach (var program in Programs)
            if (of(program.Figures) is { } told) sum = Telemetry.Add(sum ?? 0, told);
        return sum;
    }
}

/// <summary>The sort order of the list.</summary>
public readonly record struct OnlineSort(OnlineColumn Column, bool Descending);

public enum OnlineColumn
{
    Customer,
    Key,
    Plan,
    Device,
    Address,
    Version,
    Status,
    Symbol,
    ProfitAndLoss,
    Position,
    Since,
    LastSeen,
}
