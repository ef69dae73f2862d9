using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.Components.Shared;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Components.Pages.Licenses;

/// <summary>The edited values of a license, and the values that were loaded.</summary>
internal sealed class LicenseForm(LicenseState loaded)
{
    public LicenseState Loaded => loaded;

    public string Plan { get; set; } = loaded.Facts.Plan;

    /// <summary>Null while the typed text is not a number.</summary>
    public int? Seats { get; set; } = loaded.Facts.Seats;

    public bool Never { get; set; } = loaded.Facts.ExpiresAt is null;

    /// <summary>UTC, in whole seconds, as the field shows it.</summary>
    public DateTime? Expires { get; set; } = Seconds(loaded.Facts.ExpiresAt);

    /// <summary>Null means the setting for all licenses.</summary>
    public CopiedDevices? CopiedDevices { get; set; } = loaded.Facts.CopiedDevices;

    public string Note { get; set; } = loaded.Note ?? "";

    /// <summary>UTC. If unchanged, it keeps the fraction of a second that the field does not show.</summary>
    public DateTime? ExpiresAt => Never ? null : Expires == Seconds(loaded.Facts.ExpiresAt) ? loaded.Facts.ExpiresAt : Expires;

    public bool IsChanged => Seats != loaded.Facts.Seats || Plan.Trim() != loaded.Facts.Plan || ExpiresAt != loaded.Facts.ExpiresAt || NoteText != loaded.Note || CopiedDevices != loaded.Facts.CopiedDevices;

    /// <summary>The license snapshot with the typed values.</summary>
    public LicenseSnapshot Proposed => loaded.Facts with { Plan = Plan.Trim(), Seats = Seats ?? loaded.Facts.Seats, ExpiresAt = ExpiresAt, CopiedDevices = CopiedDevices };

    public LicenseChange.Edit Change => new(Plan, Seats ?? 0, ExpiresAt, NoteText, CopiedDevices);

    private string? NoteText => string.IsNullOrWhiteSpace(Note) ? null : Note.Trim();

    /// <summary>The fields that another person changed: the current value, and the value typed here if it differs from both.</summary>
    public IReadOnlyList<(string Field, string Theirs, string? Mine)> Differences(LicenseState theirs)
    {
        var found = new List<(string, string, string?)>();
        Compare("Plan", loaded.Facts.Plan, theirs.Facts.Plan, Plan.Trim());
        Compare("Seats", $"{loaded.Facts.Seats}", $"{theirs.Facts.Seats}", $"{Seats}");
        Compare("Expires", LicenseFormat.Expiry(loaded.Facts.ExpiresAt), LicenseFormat.Expiry(theirs.Facts.ExpiresAt), LicenseFormat.Expiry(ExpiresAt));
        Compare("State", $"{loaded.Facts.Status}", $"{theirs.Facts.Status}", $"{loaded.Facts.Status}");
        Compare("Key", loaded.Facts.KeyMasked, theirs.Facts.KeyMasked, loaded.Facts.KeyMasked);
        Compare(SessionFormat.CopiedDevice, LicenseFormat.Copied(loaded.Facts.CopiedDevices), LicenseFormat.Copied(theirs.Facts.CopiedDevices), LicenseFormat.Copied(CopiedDevices));
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
        if (Plan.Trim() != loaded.Facts.Plan) merged.Plan = Plan;
        if (Seats != loaded.Facts.Seats) merged.Seats = Seats;
        if (ExpiresAt != loaded.Facts.ExpiresAt) (merged.Never, merged.Expires) = (Never, Expires);
        if (CopiedDevices != loaded.Facts.CopiedDevices) merged.CopiedDevices = CopiedDevices;
        if (NoteText != loaded.Note) merged.Note = Note;
        return merged;
    }

    private static DateTime? Seconds(DateTime? utc) => utc is { } time ? new DateTime(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc) : null;
}
