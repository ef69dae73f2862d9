namespace QuoTrading.Portal.Licensing;

/// <summary>A license as a page shows it for editing.</summary>
/// <param name="CreatedAt">UTC.</param>
/// <param name="UpdatedAt">UTC.</param>
/// <param name="Version">To be given back with a change, so that the second of two editors is told.</param>
public sealed record LicenseState(LicenseSnapshot Facts, string? Note, DateTime CreatedAt, DateTime UpdatedAt, int Version)
{
    /// <param name="license">With its customer.</param>
    internal static LicenseState Of(License license) =>
        new(LicenseSnapshot.Of(license, license.Customer!), license.Note, license.CreatedAt, license.UpdatedAt, license.Version);
}

/// <summary>What became of a change of a license.</summary>
public abstract record LicenseOutcome
{
    private LicenseOutcome()
    {
    }

    /// <summary>Done, durable, audited.</summary>
    public sealed record Changed(LicenseState License, int SessionsEnded) : LicenseOutcome;

    /// <summary>It was so already: nothing was written.</summary>
    public sealed record Unchanged(LicenseState License) : LicenseOutcome;

    /// <summary>Somebody changed it since the caller read it: nothing was written, and this is how it is now.</summary>
    public sealed record Outdated(LicenseState Current) : LicenseOutcome;

    public sealed record NotFound : LicenseOutcome;

    /// <summary>It cannot be done: nothing was written.</summary>
    public sealed record Invalid(IReadOnlyList<FieldError> Errors) : LicenseOutcome;
}

/// <summary>What became of giving a license another key.</summary>
public abstract record KeyOutcome
{
    private KeyOutcome()
    {
    }

    /// <summary>Done, durable, audited. This is the one time that the key is there to be read.</summary>
    public sealed record Replaced(IssuedLicense License, LicenseState State, int SessionsEnded) : KeyOutcome;

    /// <summary>Nothing was written.</summary>
    public sealed record Refused(LicenseOutcome Why) : KeyOutcome;
}
