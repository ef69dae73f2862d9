using System.Globalization;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Operating.Backups;

/// <summary>The section <c>Portal:Backups</c>: copies of the database that the server makes on a schedule.</summary>
[SettingsSection("Backups")]
public sealed class BackupOptions : ISettings
{
    private const string Section = $"{PortalOptions.Section}:Backups";
    private const string TimeFormat = "HH:mm";

    private static readonly TimeOnly Night = new(3, 0);

    /// <summary>False: no scheduled backups are made.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The folder of the backups. A relative path is relative to the data directory.</summary>
    public string Directory { get; set; } = "backups";

    /// <summary>The time of day, UTC, of the daily backup: <c>03:00</c>.</summary>
    public string? Daily { get; set; }

    /// <summary>Instead of daily: every so many hours, counted from midnight UTC if they divide the day.</summary>
    public int? EveryHours { get; set; }

    /// <summary>Older ones are deleted, but never the newest three.</summary>
    public int KeepDays { get; set; } = 7;

    /// <summary>When backups are due.</summary>
    internal BackupSchedule Schedule => EveryHours is { } hours ? new BackupSchedule(TimeSpan.FromHours(hours), TimeSpan.Zero) : new BackupSchedule(TimeSpan.FromDays(1), (ParseTime() ?? Night).ToTimeSpan());

    /// <inheritdoc/>
    public IEnumerable<string> Check()
    {
        if (string.IsNullOrWhiteSpace(Directory)) yield return $"{Section}:{nameof(Directory)} is empty. Leave it out for \"backups\", or name a folder.";
        if (Daily is not null && ParseTime() is null) yield return $"{Section}:{nameof(Daily)} is \"{Daily}\", but must be a time of day (UTC) like 03:00.";
        if (EveryHours is < 1 or > 168) yield return $"{Section}:{nameof(EveryHours)} is {EveryHours}, but must be 1 to 168.";
        if (Daily is not null && EveryHours is not null) yield return $"{Section}:{nameof(Daily)} and {Section}:{nameof(EveryHours)} exclude each other; leave one of them out.";
        if (KeepDays < 1) yield return $"{Section}:{nameof(KeepDays)} is {KeepDays}, but must be at least 1. To have no backups set {Section}:{nameof(Enabled)} to false.";
    }

    private TimeOnly? ParseTime() => TimeOnly.TryParseExact(Daily, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
}

/// <summary>When backups are due: at equal intervals.</summary>
/// <param name="Every">The interval.</param>
/// <param name="Offset">Of the first backup, from midnight UTC.</param>
internal sealed record BackupSchedule(TimeSpan Every, TimeSpan Offset)
{
    /// <summary>The last due time at or before <paramref name="utc"/>.</summary>
    public DateTime Before(DateTime utc) => new(utc.Ticks - ((utc.Ticks - Offset.Ticks) % Every.Ticks), DateTimeKind.Utc);

    /// <summary>The next due time after <paramref name="utc"/>.</summary>
    public DateTime After(DateTime utc) => Before(utc) + Every;
}
