using QuoTrading.Portal.Api.Http;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Api.Admin;

/// <summary>Reads what scripts say of licenses. Absent is unchanged, unknown is an error.</summary>
internal static class LicenseReader
{
    /// <summary>The most licenses of one request.</summary>
    public const int MostNew = 1000;

    /// <summary>The body of <c>PATCH /api/admin/licenses/{id}</c>.</summary>
    public static LicenseChange.Update ReadUpdate(BodyFields body)
    {
        var (hasPlan, plan) = body.TextIfAny("plan");
        if (hasPlan && plan is null) body.Refuse("plan", "plan must be text.");
        var (hasNote, note) = body.TextIfAny("note");
        var (hasExpiry, expiry) = body.InstantIfAny("expires_at");
        var (hasCopied, copied) = body.TextIfAny("copied_devices");
        CopiedDevices? setting = copied switch
        {
            "report" => CopiedDevices.Report,
            "refuse" => CopiedDevices.Refuse,
            _ => null,
        };
        if (copied is not null && setting is null) body.Refuse("copied_devices", "copied_devices must be \"report\", \"refuse\", or null for what is set for all.");
        return new LicenseChange.Update(
            body.Number("seats") is { } seats ? new(seats) : null,
            hasExpiry ? new(expiry) : null,
            plan is not null ? new(plan) : null,
            hasNote ? new(note) : null,
            hasCopied ? new(setting) : null);
    }

    /// <summary>The body of <c>POST /api/admin/licenses</c>.</summary>
    public static LicenseOrder ReadOrder(BodyFields body)
    {
        var count = body.Number("count") ?? 1;
        if (count > MostNew) body.Refuse("count", $"count must be 1 to {MostNew}; ask several times for more.");
        return new LicenseOrder(
            body.Text("email") ?? "", ReadTerm(body), body.Text("plan") ?? LicenseRules.DefaultPlan, body.Number("seats") ?? 1, count,
            body.Text("note"), body.Text("customer_name"));
    }

    // Said, never assumed: a license that was meant for a month must not be good for ever.
    private static LicenseTerm ReadTerm(BodyFields body)
    {
        var days = body.Number("days");
        var (hasExpiry, expiry) = body.InstantIfAny("expires_at");
        var lifetime = body.Flag("lifetime") || (hasExpiry && expiry is null);
        if ((days is not null ? 1 : 0) + (expiry is not null ? 1 : 0) + (lifetime ? 1 : 0) != 1)
            body.Refuse("days", "Say how long it is good, in one way: days, expires_at, or lifetime (true).");
        return (days, expiry) switch
        {
            ({ } count, _) => new LicenseTerm.Days(count),
            (_, { } instant) => new LicenseTerm.Until(instant),
            _ => new LicenseTerm.Lifetime(),
        };
    }
}
