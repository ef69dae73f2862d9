namespace QuoTrading.Portal.Licensing;

/// <summary>Limits of the fields of a license, and the sentences that explain them. Pure.</summary>
internal static class LicenseRules
{
    public const string DefaultPlan = "MONTHLY";
    public const int MaxPlan = 40;
    public const int MaxSeats = 1000;
    public const int MaxNote = 2000;
    public const int MaxName = 200;
    public const int MaxReason = 500;

    /// <summary>The most licenses of one order.</summary>
    public const int MaxCount = 1_000_000;

    /// <summary>Everything that is wrong with an order; empty when it can be done.</summary>
    public static IReadOnlyList<FieldError> Check(LicenseOrder order, DateTime utcNow)
    {
        var errors = new List<FieldError>();
        if (!EmailAddress.TryNormalise(order.Email, out _))
            errors.Add(new("email", string.IsNullOrWhiteSpace(order.Email) ? "The e-mail is missing; write it like name@example.com." : $"“{Shorten(order.Email)}” is not an e-mail address; write it like name@example.com."));
        Add(CheckPlan(order.Plan));
        Add(CheckSeats(order.Seats));
        Add(CheckText("note", "note", order.Note, MaxNote));
        Add(CheckText("name", "customer's name", order.CustomerName, MaxName));
        if (order.Count is < 1 or > MaxCount)
            errors.Add(new("count", $"The count must be from 1 to {MaxCount:N0}, not {order.Count}; order more in several steps."));
        Add(order.Term switch
        {
            LicenseTerm.Days days => CheckDays(days.Count, utcNow),
            LicenseTerm.Until until => CheckExpiry(until.Instant, utcNow),
            _ => null,
        });
        return errors;

        void Add(FieldError? error)
        {
            if (error is not null) errors.Add(error);
        }
    }

    public static FieldError? CheckPlan(string plan) => plan.Trim() is { Length: > 0 and <= MaxPlan } text && text.All(IsPrintable)
        ? null
        : new("plan", $"The plan must be 1 to {MaxPlan} printable characters; shorten it, or leave it out for {DefaultPlan}.");

    public static FieldError? CheckSeats(int seats) => seats is >= 1 and <= MaxSeats
        ? null
        : new("seats", $"The seats must be from 1 to {MaxSeats}, not {seats}; choose how many devices may use the license at a time.");

    public static FieldError? CheckDays(int days, DateTime from) =>
        days is >= 1 and <= LicenseTerm.MaxDays && from < DateTime.MaxValue.AddDays(-days - 1)
            ? null
            : new("days", $"The days must be from 1 to {LicenseTerm.MaxDays}, not {days}; for longer than that, make it a lifetime license.");

    public static FieldError? CheckExpiry(DateTime instant, DateTime utcNow) => instant > utcNow
        ? null
        : new("expires_at", $"The expiry {instant:yyyy-MM-dd HH:mm:ss} UTC has passed; choose one in the future, or suspend the license.");

    public static FieldError? CheckText(string field, string word, string? text, int longest) =>
        text is null || (text.Length <= longest && !text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')))
            ? null
            : new(field, $"The {word} must be at most {longest} characters without control characters; shorten it.");

    internal static bool IsPrintable(char c) => !char.IsControl(c) && c is not ('\u2028' or '\u2029' or '\uFFFD');

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
