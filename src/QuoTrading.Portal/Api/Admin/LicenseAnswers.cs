using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using QuoTrading.Portal.Api.Http;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Api.Admin;

/// <summary>How what became of a license is told to scripts, and which version of it they speak of.</summary>
internal static class LicenseAnswers
{
    public static IResult Tell(LicenseOutcome outcome) => outcome switch
    {
        LicenseOutcome.Changed changed => Tell(changed.License, changed.SessionsEnded),
        LicenseOutcome.Unchanged unchanged => Tell(unchanged.License, 0),
        LicenseOutcome.Invalid invalid => AdminProblems.Invalid(invalid.Errors),
        LicenseOutcome.NotFound => NotFound(),
        LicenseOutcome.Outdated outdated => AdminProblems.Of(409, "outdated", "Somebody else has changed the license meanwhile. Nothing was changed; license is how it is now.",
            "license", LicenseItem.Of(outdated.Current), AdminJson.Readable.LicenseItem),
        _ => throw new InvalidOperationException("An outcome nobody thought of."),
    };

    public static JsonHttpResult<LicenseItem> Tell(LicenseState state, int? sessionsEnded = null) =>
        TypedResults.Json(LicenseItem.Of(state, sessionsEnded), AdminJson.Readable.LicenseItem);

    public static ProblemHttpResult NotFound() => AdminProblems.Of(404, "not_found", "There is no such license.");

    /// <summary>The version that the caller saw: the field <c>version</c>, or the number in <c>If-Match</c>; null where he does not mind.</summary>
    public static int? ReadVersion(HttpRequest request, BodyFields body)
    {
        var said = body.Number("version");
        if (request.Headers.IfMatch is not [{ } tag] || tag == "*") return said;
        if (!int.TryParse(tag.Trim().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var matched)) body.Refuse("version", "If-Match must be a license's version, like \"3\".");
        else if (said is not null && said != matched) body.Refuse("version", "If-Match and version name two versions.");
        return matched;
    }

    /// <summary>Which licenses a query or a body's filter names.</summary>
    public static LicenseStanding? ReadStanding(string? word, Action<string, string> refuse)
    {
        if (word is null) return null;
        foreach (var standing in Enum.GetValues<LicenseStanding>())
            if (string.Equals(WireNames.Of(standing), word, StringComparison.Ordinal)) return standing;
        refuse("state", $"state must be one of {string.Join(", ", Enum.GetValues<LicenseStanding>().Select(WireNames.Of))}.");
        return null;
    }
}
