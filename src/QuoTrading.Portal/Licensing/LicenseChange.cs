using QuoTrading.Portal.Kernel;

namespace QuoTrading.Portal.Licensing;

/// <summary>A change of an existing license.</summary>
public abstract record LicenseChange
{
    private LicenseChange()
    {
    }

    /// <summary>The action's name in the audit log.</summary>
    internal abstract string Action { get; }

    /// <summary>The role that the change needs at least, for any license.</summary>
    internal virtual PortalRole Needs => PortalRole.Administrator;

    /// <summary>What is wrong with the change, for any license; null if nothing is.</summary>
    internal virtual FieldError? Check(DateTime utcNow) => null;

    /// <summary>The role that the change needs at least, for this license.</summary>
    internal virtual PortalRole NeedsFor(License license) => Needs;

    /// <summary>Applies the change; or returns why it cannot be applied to this license.</summary>
    internal abstract FieldError? Apply(License license, DateTime utcNow);

    /// <summary>Ends the sessions of the license, and refuses logins until it is reactivated.</summary>
    public sealed record Suspend : LicenseChange
    {
        internal override string Action => "license.suspend";

        internal override PortalRole Needs => PortalRole.Support;

        internal override FieldError? Apply(License license, DateTime utcNow)
        {
            if (license.Status == LicenseStatus.Cancelled)
                return new("status", "A cancelled license cannot be suspended; leave it, or let an administrator reactivate it first.");
            license.Status = LicenseStatus.Suspended;
            return null;
        }
    }

    /// <summary>Makes it active again. Support may undo a suspension; only an administrator may undo a cancellation.</summary>
    public sealed record Reactivate : LicenseChange
    {
        internal override string Action => "license.reactivate";

        internal override PortalRole Needs => PortalRole.Support;

        internal override PortalRole NeedsFor(License license) =>
            license.Status == LicenseStatus.Cancelled ? PortalRole.Administrator : PortalRole.Support;

        internal override FieldError? Apply(License license, DateTime utcNow)
        {
            license.Status = LicenseStatus.Active;
            return null;
        }
    }

    /// <summary>Cancels the license, and ends its sessions.</summary>
    public sealed record Cancel : LicenseChange
    {
        internal override string Action => "license.cancel";

        internal override FieldError? Apply(License license, DateTime utcNow)
        {
            license.Status = LicenseStatus.Cancelled;
            return null;
        }
    }

    /// <summary>Adds days to its expiry, or, if that has passed, to now: a customer that pays for 30 days gets 30 days.</summary>
    public sealed record Extend(int Days) : LicenseChange
    {
        internal override string Action => "license.extend";

        internal override PortalRole Needs => PortalRole.Support;

        internal override FieldError? Check(DateTime utcNow) => LicenseRules.CheckDays(Days, utcNow);

        internal override FieldError? Apply(License license, DateTime utcNow)
        {
            if (license.ExpiresAt is not { } expiry)
                return new("days", "The license never expires, so there is nothing to extend; set an expiry if it should have one.");
            var from = expiry > utcNow ? expiry : utcNow;
            if (LicenseRules.CheckDays(Days, from) is { } error) return error;
            license.ExpiresAt = from.AddDays(Days);
            return null;
        }
    }

    /// <summary>Moves its expiry to a later time.</summary>
    /// <param name="Instant">UTC; later than now, and not before the present expiry.</param>
    public sealed record ExtendTo(DateTime Instant) : LicenseChange
    {
        internal override string Action => "license.extend";

        internal override PortalRole Needs => PortalRole.Support;

        internal override FieldError? Check(DateTime utcNow) => LicenseRules.CheckExpiry(Instant, utcNow);

        internal override FieldError? Apply(License license, DateTime utcNow)
        {
            if (license.ExpiresAt is not { } expiry)
                return new("expires_at", "The license never expires, so there is nothing to extend; set an expiry if it should have one.");
            if (Instant < expiry)
                return new("expires_at", $"The license is good until {expiry:yyyy-MM-dd HH:mm} UTC already; choose a later date, or let an administrator set the expiry.");
            license.ExpiresAt = DateTime.SpecifyKind(Instant, DateTimeKind.Utc);
            return null;
        }
    }

    /// <summary>Sets the expiry.</summary>
    /// <param name="Instant">UTC, may have passed; null if it never expires.</param>
    public sealed record SetExpiry(DateTime? Instant) : LicenseChange
    {
        internal override string Action => "license.expiry";

        internal override FieldError? Apply(License license, DateTime utcNow)
        {
            license.ExpiresAt = Instant is { } instant ? DateTime.SpecifyKind(instant, DateTimeKind.Utc) : null;
            return null;
        }
    }

    /// <summary>Sets how many devices may use it at a time; with fewer seats, surplus sessions end.</summary>
    public sealed record SetSeats(int Seats) : LicenseChange
    {
        internal override string Action => "license.seats";

        internal override FieldError? Check(DateTime utcNow) => LicenseRules.CheckSeats(Seats);

        internal override FieldError? Apply(License license, DateTime utcNow)
        {
            license.Seats = Seats;
            return null;
        }
    }

    /// <summary>Sets all fields of the edit form at once.</summary>
    /// <param name="ExpiresAt">UTC, may have passed; null if it never expires.</param>
    /// <param name="CopiedDevices">Null: the setting for all licenses applies.</param>
    public sealed record Edit(string Plan, int Seats, DateTime? ExpiresAt, string? Note, CopiedDevices? CopiedDevices = null) : LicenseChange
    {
        internal override string Action => "license.edit";

        internal override FieldError? Check(DateTime utcNow) =>
            LicenseRules.CheckPlan(Plan) ?? LicenseRules.CheckSeats(Seats) ?? LicenseRules.CheckText("note", "note", Note, LicenseRules.MaxNote);

        internal override FieldError? Apply(License license, DateTime utcNow)
        {
            license.Plan = Plan.Trim();
            license.Seats = Seats;
            license.CopiedDevices = CopiedDevices;
            license.ExpiresAt = ExpiresAt is { } instant ? DateTime.SpecifyKind(instant, DateTimeKind.Utc) : null;
            license.Note = string.IsNullOrWhiteSpace(Note) ? null : Note.Trim();
            return null;
        }
    }

    /// <summary>Several changes at once: all of them or none. What is null stays unchanged.</summary>
    public sealed record Update(SetSeats? Seats = null, SetExpiry? Expiry = null, SetPlan? Plan = null, SetNote? Note = null, SetCopiedDevices? CopiedDevices = null) : LicenseChange
    {
        private IEnumerable<LicenseChange> Parts => new LicenseChange?[] { Seats, Expiry, Plan, Note, CopiedDevices }.OfType<LicenseChange>();

        internal override string Action => "license.update";

        internal override FieldError? Check(DateTime utcNow) => Parts.Select(part => part.Check(utcNow)).FirstOrDefault(error => error is not null);

        internal override FieldError? Apply(License license, DateTime utcNow) => Parts.Select(part => part.Apply(license, utcNow)).FirstOrDefault(error => error is not null);
    }

    /// <summary>Sets what happens to a fingerprint that is used in two places.</summary>
    /// <param name="Setting">Null: the setting for all licenses applies.</param>
    public sealed record SetCopiedDevices(CopiedDevices? Setting) : LicenseChange
    {
        internal override string Action => "license.copied_devices";

        internal override FieldError? Apply(License license, DateTime utcNow)
        {
            license.CopiedDevices = Setting;
            return null;
        }
    }

    /// <summary>Sets the plan's name.</summary>
    public sealed record SetPlan(string Plan) : LicenseChange
    {
        internal override string Action => "license.plan";

        internal override FieldError? Check(DateTime utcNow) => LicenseRules.CheckPlan(Plan);

        internal override FieldError? Apply(License license, DateTime utcNow)
        {
            license.Plan = Plan.Trim();
            return null;
        }
    }

    /// <summary>Sets the note; null or blank removes it.</summary>
    public sealed record SetNote(string? Note) : LicenseChange
    {
        internal override string Action => "license.note";

        internal override FieldError? Check(DateTime utcNow) => LicenseRules.CheckText("note", "note", Note, LicenseRules.MaxNote);

        internal override FieldError? Apply(License license, DateTime utcNow)
        {
            license.Note = string.IsNullOrWhiteSpace(Note) ? null : Note.Trim();
            return null;
        }
    }
}
