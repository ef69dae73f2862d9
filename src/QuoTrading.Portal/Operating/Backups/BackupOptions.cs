using System.Globalization;
using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Operating.Backups;

/// <summary>The section <c>Portal:Backups</c>: copies of the database that the server makes by itself.</summary>
[SettingsSection("Backups")]
public sealed class BackupOptions : ISettings
{
    private const string Section = $"{PortalOptions.Section}:Backups";
    private const string TimeFormat = "HH:mm";

    private static readonly TimeOnly Night = new(3, 0);

    /// <summary>False: none are made by themselves.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Where they lie. A relative path counts from the data directory.</summary>
    public string Directory { get; set; } = "backups";

    /// <summary>The time of day, UTC, at which one is made: <c>03:00</c>.</summary>
    public string? Daily { get; set; }

    /// <summary>Instead of once a day: every so many hours, counted from midnight UTC where they divide the day.</summary>
    public int? EveryHours { get; set; }

    /// <summary>Older ones are deleted, but never the newest three.</summary>
    public int KeepDays { get; set; } = 7;

    /// <summary>When they are due.</summary>
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

/// <summary>When backups are due: at equal distances, for ever.</summary>
/// <param name="Every">The distance.</param>
/// <param name="Offset">Of the first one, from midnight UTC.</param>
internal sealed record BackupSchedule(TimeSpan Every, TimeSpan Offset)
{
    /// <summary>The last moment at which one was due, up to and with <paramref name="utc"/>.</summary>
    public DateTime Before(DateTime utc) => new(utc.Ticks - ((utc.Ticks - Offset.Ticks) % Every.Ticks), DateTimeKind.Utc);

    /// <summary>The next moment after <paramref name="utc"/>.</summary>
    public DateTime After(DateTime utc) => Before(utc) + Every;
}
