using System.Text.Json.Serialization;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Rules;

namespace QuoTrading.Portal.Api.Admin;

// The answers about licenses and devices. Times are ISO 8601, UTC, with Z.

/// <summary>A page of licenses.</summary>
/// <param name="Next">Pass it as <c>after</c> for the next page; null on the last page.</param>
/// <param name="Previous">Pass it as <c>before</c> for the previous page; null on the first page.</param>
internal sealed record LicensesAnswer(IReadOnlyList<LicenseItem> Licenses, string? Next, string? Previous);

/// <summary>A license. Its key is masked.</summary>
/// <param name="CopiedDevices"><c>report</c> or <c>refuse</c>; null if the setting for all licenses applies.</param>
/// <param name="Version">Send it with a change: if the license was changed since then, the change is refused.</param>
/// <param name="SessionsEnded">How many sessions ended with the change; left out if the request was only a read.</param>
internal sealed record LicenseItem(
    long Id,
    long CustomerId,
    string CustomerEmail,
    string? CustomerName,
    string KeyMasked,
    string Plan,
    string Status,
    DateTime? ExpiresAt,
    int Seats,
    string? CopiedDevices,
    string? Note,
    DateTime CreatedAt,
    DateTime UpdatedAt,
    int Version,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? SessionsEnded = null)
{
    public static LicenseItem Of(LicenseState state, int? sessionsEnded = null) => new(
        state.Snapshot.Id, state.Snapshot.CustomerId, state.Snapshot.CustomerEmail, state.Snapshot.CustomerName, state.Snapshot.KeyMasked, state.Snapshot.Plan, WireNames.Of(state.Snapshot.Status),
        state.Snapshot.ExpiresAt, state.Snapshot.Seats, Word(state.Snapshot.CopiedDevices), state.Note, state.CreatedAt, state.UpdatedAt, state.Version, sessionsEnded);

    public static LicenseItem Of(Licensing.LicenseItem item) => new(
        item.Id, item.CustomerId, item.CustomerEmail, item.CustomerName, item.KeyMasked, item.Plan, WireNames.Of(item.Status),
        item.ExpiresAt, item.Seats, Word(item.CopiedDevices), item.Note, item.CreatedAt, item.UpdatedAt, item.Version);

    private static string? Word(CopiedDevices? setting) => setting is { } own ? WireNames.Of(own) : null;
}

/// <summary>New licenses. Only this answer has their keys.</summary>
/// <param name="ExpiresAt">Null if they never expire.</param>
internal sealed record CreatedLicenses(long? CustomerId, DateTime? ExpiresAt, IReadOnlyList<NewLicense> Licenses);

/// <summary>A new license and its key.</summary>
internal sealed record NewLicense(long Id, string Key)
{
    public static NewLicense Of(IssuedLicense license) => new(license.Id, license.Key);
}

/// <summary>A license's new key. Only this answer has it.</summary>
internal sealed record ReplacedKey(string Key, LicenseItem License);

/// <summary>The results of an action on many licenses.</summary>
internal sealed record BulkAnswer(int Done, int Unchanged, int Refused, IReadOnlyList<BulkItem> Results)
{
    public static BulkAnswer Of(IReadOnlyList<BulkItem> results) =>
        new(results.Count(item => item.Result == "done"), results.Count(item => item.Result == "unchanged"), results.Count(item => item.Result == "refused"), results);
}

/// <summary>The result for one license.</summary>
/// <param name="Result"><c>done</c>, <c>unchanged</c> or <c>refused</c>.</param>
/// <param name="Why">A sentence that says why it was not done; null if it was.</param>
internal sealed record BulkItem(long Id, string Result, string? Why, int SessionsEnded)
{
    public static BulkItem Of(BulkResult result) => new(result.License.Id, result.Fate.ToString().ToLowerInvariant(), result.Why, result.SessionsEnded);
}

/// <summary>The devices that may not log in with a license.</summary>
internal sealed record KeptOutAnswer(IReadOnlyList<KeptOutItem> Devices);

/// <summary>A device that is kept out.</summary>
/// <param name="Until">Null if it is kept out for good.</param>
internal sealed record KeptOutItem(string Device, DateTime? Until, DateTime SetAt, string SetBy, string? Reason)
{
    public static KeptOutItem Of(DeviceMark mark) => new(mark.Device, mark.Until, mark.SetAt, mark.SetBy, mark.Reason);
}

/// <summary>A device that may not log in from now on.</summary>
/// <param name="Until">Null if it is kept out for good.</param>
/// <param name="WasLive">True if it held a session, which has ended.</param>
internal sealed record KeepOutAnswer(long LicenseId, string Device, DateTime? Until, bool WasLive);

/// <summary>A device that may log in.</summary>
/// <param name="WasKeptOut">False if it was not kept out: nothing was changed.</param>
internal sealed record LetInAnswer(long LicenseId, string Device, bool WasKeptOut);
