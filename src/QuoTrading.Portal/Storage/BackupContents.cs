using System.Globalization;

namespace QuoTrading.Portal.Storage;

/// <summary>What a backup holds.</summary>
/// <param name="Rows">Row counts with their names for the operator. Empty if the file has no table of the portal.</param>
/// <param name="Migrations">The names of the migrations that were applied to it.</param>
/// <param name="NewestEvent">UTC: the time of the newest session event; null without events.</param>
internal sealed record BackupContents(long Bytes, IReadOnlyList<(string What, long Count)> Rows, IReadOnlyList<string> Migrations, DateTime? NewestEvent)
{
    /// <summary><c>12 licenses, 9 customers, …</c></summary>
    public string InWords => string.Join(", ", Rows.Select(table => string.Create(CultureInfo.InvariantCulture, $"{table.Count:N0} {table.What}")));
}
