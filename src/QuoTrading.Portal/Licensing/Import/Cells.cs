namespace QuoTrading.Portal.Licensing.Import;

/// <summary>Reads the cells of one line, and adds an error for each that is wrong.</summary>
internal readonly struct Cells(int line, ImportErrors errors)
{
    public string? Email(string text)
    {
        if (EmailAddress.TryNormalise(text, out var email)) return email;
        errors.Add(line, text.Length == 0
            ? "email is empty; enter the customer's address, or remove the line."
            : $"email {Cell.Quote(text)} is no e-mail address; write it like name@example.com.");
        return null;
    }

    /// <param name="shown">False for a key: a message must not contain it.</param>
    public void Text(string name, string text, int longest, bool shown = true)
    {
        var what = shown ? $"{name} {Cell.Quote(text)}" : name;
        if (text.Length > longest) errors.Add(line, $"{what} is longer than {longest} characters; shorten it. If a quote is not closed, close it.");
        else if (!text.All(LicenseRules.IsPrintable)) errors.Add(line, $"{what} has a line break or another control character in it; remove it. If a quote is not closed, close it.");
    }

    public DateTime? Time(string name, string text, string otherwise)
    {
        var time = Cell.ReadTime(text);
        if (time is null) errors.Add(line, $"{name} {Cell.Quote(text)} {Cell.WhyNoTime(text)}; write {Cell.TimeForms}{otherwise}.");
        return time;
    }

    public LicenseStatus Status(string text, DateTime? expires, DateTime utcNow)
    {
        if (Cell.ReadStatus(text) is not { } read)
        {
            errors.Add(line, $"license_status {Cell.Quote(text)} is unknown; write active, suspended, cancelled or expired.");
            return default;
        }

        if (read.SaysExpired && !(expires <= utcNow))
            errors.Add(line, "license_status is expired, but license_expiration has not passed; correct the date, or write active or suspended.");
        return read.Status;
    }
}
