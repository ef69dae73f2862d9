using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>The edited values of a license, and the values that were loaded.</summary>
internal sealed class LicenseForm(LicenseState loaded)
{
    public LicenseState Loaded => loaded;

    public string Plan { get; set; } = loaded.Snapshot.Plan;

    /// <summary>Null while the typed text is not a number.</summary>
    public int? Seats { get; set; } = loaded.Snapshot.Seats;

    public bool Never { get; set; } = loaded.Snapshot.ExpiresAt is null;

    /// <summary>UTC, in whole seconds, as the field shows it.</summary>
    public DateTime? Expires { get; set; } = Seconds(loaded.Snapshot.ExpiresAt);

    /// <summary>Null means the setting for all licenses.</summary>
    public CopiedDevices? CopiedDevices { get; set; } = loaded.Snapshot.CopiedDevices;

    public string Note { get; set; } = loaded.Note ?? "";

    /// <summary>UTC. If unchanged, it keeps the fraction of a second that the field does not show.</summary>
    public DateTime? ExpiresAt => Never ? null : Expires == Seconds(loaded.Snapshot.ExpiresAt) ? loaded.Snapshot.ExpiresAt : Expires;

    public bool IsChanged => Seats != loaded.Snapshot.Seats || Plan.Trim() != loaded.Snapshot.Plan || ExpiresAt != loaded.Snapshot.ExpiresAt || NoteText != loaded.Note || CopiedDevices != loaded.Snapshot.CopiedDevices;

    /// <summary>The license snapshot with the typed values.</summary>
    public LicenseSnapshot Proposed => loaded.Snapshot with { Plan = Plan.Trim(), Seats = Seats ?? loaded.Snapshot.Seats, ExpiresAt = ExpiresAt, CopiedDevices = CopiedDevices };

    public LicenseChange.Edit Change => new(Plan, Seats ?? 0, ExpiresAt, NoteText, CopiedDevices);

    private string? NoteText => string.IsNullOrWhiteSpace(Note) ? null : Note.Trim();

    /// <summary>The fields that another person changed: the current value, and the value typed here if it differs from both.</summary>
    public IReadOnlyList<(string Field, string Theirs, string? Mine)> Differences(LicenseState theirs)
    {
        var found = new List<(string, string, string?)>();
        Compare("Plan", loaded.Snapshot.Plan, theirs.Snapshot.Plan, Plan.Trim());
        Compare("Seats", $"{loaded.Snapshot.Seats}", $"{theirs.Snapshot.Seats}", $"{Seats}");
        Compare("Expires", LicenseFormat.Expiry(loaded.Snapshot.ExpiresAt), LicenseFormat.Expiry(theirs.Snapshot.ExpiresAt), LicenseFormat.Expiry(ExpiresAt));
        Compare("State", $"{loaded.Snapshot.Status}", $"{theirs.Snapshot.Status}", $"{loaded.Snapshot.Status}");
        Compare("Key", loaded.Snapshot.KeyMasked, theirs.Snapshot.KeyMasked, loaded.Snapshot.KeyMasked);
        Compare(SessionFormat.CopiedDevice, LicenseFormat.Copied(loaded.Snapshot.CopiedDevices), LicenseFormat.Copied(theirs.Snapshot.CopiedDevices), LicenseFormat.Copied(CopiedDevices));
        Compare("Note", loaded.Note ?? Format.Nothing, theirs.Note ?? Format.Nothing, NoteText ?? Format.Nothing);
        return found;

        void Compare(string field, string was, string now, string mine)
        {
            if (was != now) found.Add((field, now, mine == was || mine == now ? null : mine));
        }
    }

    /// <summary>The newer license with the fields that were changed here; all other fields keep their newer values.</summary>
    public LicenseForm OnTopOf(LicenseState theirs)
    {
        var merged = new LicenseForm(theirs);
        if (Plan.Trim() != loaded.Snapshot.Plan) merged.Plan = Plan;
        if (Seats != loaded.Snapshot.Seats) merged.Seats = Seats;
        if (ExpiresAt != loaded.Snapshot.ExpiresAt) (merged.Never, merged.Expires) = (Never, Expires);
        if (CopiedDevices != loaded.Snapshot.CopiedDevices) merged.CopiedDevices = CopiedDevices;
        if (NoteText != loaded.Note) merged.Note = Note;
        return merged;
    }

    private static DateTime? Seconds(DateTime? utc) => utc is { } time ? new DateTime(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc) : null;
}
