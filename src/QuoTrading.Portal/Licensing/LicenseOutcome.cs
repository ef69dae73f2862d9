namespace QuoTrading.Portal.Licensing;

/// <summary>A license as a page shows it for editing.</summary>
/// <param name="CreatedAt">UTC.</param>
/// <param name="UpdatedAt">UTC.</param>
/// <param name="Version">To be passed back with a change, so that an edit of an outdated version is detected.</param>
public sealed record LicenseState(LicenseSnapshot Snapshot, string? Note, DateTime CreatedAt, DateTime UpdatedAt, int Version)
{
    /// <param name="license">With its customer.</param>
    internal static LicenseState Of(License license) =>
        new(LicenseSnapshot.Of(license, license.Customer!), license.Note, license.CreatedAt, license.UpdatedAt, license.Version);
}

/// <summary>The result of a change of a license.</summary>
public abstract record LicenseOutcome
{
    private LicenseOutcome()
    {
    }

    /// <summary>Done, durable, audited.</summary>
    public sealed record Changed(LicenseState License, int SessionsEnded) : LicenseOutcome;

    /// <summary>The license was already as requested: nothing was written.</summary>
    public sealed record Unchanged(LicenseState License) : LicenseOutcome;

    /// <summary>The license changed after the caller read it: nothing was written. Contains the present state.</summary>
    public sealed record Outdated(LicenseState Current) : LicenseOutcome;

    public sealed record NotFound : LicenseOutcome;

    /// <summary>It cannot be done: nothing was written.</summary>
    public sealed record Invalid(IReadOnlyList<FieldError> Errors) : LicenseOutcome;
}

/// <summary>The result of replacing the key of a license.</summary>
public abstract record KeyOutcome
{
    private KeyOutcome()
    {
    }

    /// <summary>Done, durable, audited. Contains the new key in full.</summary>
    public sealed record Replaced(IssuedLicense License, LicenseState State, int SessionsEnded) : KeyOutcome;

    /// <summary>Nothing was written.</summary>
    public sealed record Refused(LicenseOutcome Why) : KeyOutcome;
}
