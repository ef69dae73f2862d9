using Microsoft.AspNetCore.Http.HttpResults;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Api.Admin;

/// <summary>Turns the outcomes of changes to licenses into answers to scripts.</summary>
internal static class LicenseAnswers
{
    public static AdminResult<LicenseItem> Tell(LicenseOutcome outcome) => outcome switch
    {
        LicenseOutcome.Changed changed => LicenseItem.Of(changed.License, changed.SessionsEnded),
        LicenseOutcome.Unchanged unchanged => LicenseItem.Of(unchanged.License, 0),
        _ => Refuse<LicenseItem>(outcome),
    };

    /// <summary>The problem for an outcome that changed nothing.</summary>
    /// <exception cref="InvalidOperationException">The outcome is not a refusal.</exception>
    public static AdminResult<T> Refuse<T>(LicenseOutcome outcome) => outcome switch
    {
        LicenseOutcome.Invalid invalid => AdminProblems.Invalid(invalid.Errors),
        LicenseOutcome.NotFound => NotFound(),
        LicenseOutcome.Outdated outdated => AdminProblems.Of(409, "outdated", "Somebody else has changed the license meanwhile. Nothing was changed; license is how it is now.",
            "license", LicenseItem.Of(outdated.Current)),
        _ => throw new InvalidOperationException("An outcome nobody thought of."),
    };

    public static ProblemHttpResult NotFound() => AdminProblems.Of(404, "not_found", "There is no such license.");
}
