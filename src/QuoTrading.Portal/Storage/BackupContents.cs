using System.Globalization;

namespace QuoTrading.Portal.Storage;

/// <summary>What a backup holds.</summary>
/// <param name="Rows">How many of what, in the operator's words. Empty where nothing of it is the portal's.</param>
/// <param name="Migrations">The names of those that made its schema.</param>
/// <param name="NewestEvent">UTC: when the last thing happened that it knows of; null where nothing ever did.</param>
internal sealed record BackupContents(long Bytes, IReadOnlyList<(string What, long Count)> Rows, IReadOnlyList<string> Migrations, DateTime? NewestEvent)
{
    /// <summary><c>12 licenses, 9 customers, …</c></summary>
    public string InWords => string.Join(", ", Rows.Select(table => string.Create(CultureInfo.InvariantCulture, $"{table.Count:N0} {table.What}")));
}
