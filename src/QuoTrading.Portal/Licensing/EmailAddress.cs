using System.Diagnostics.CodeAnalysis;
using System.Net.Mail;

namespace QuoTrading.Portal.Licensing;

/// <summary>Validates and normalises the e-mail addresses of customers.</summary>
internal static class EmailAddress
{
    /// <summary>Trims and lower-cases; false if the text is no address, or longer than 254 characters.</summary>
    public static bool TryNormalise(string? text, [NotNullWhen(true)] out string? normal)
    {
        normal = text?.Trim().ToLowerInvariant();
        if (normal is { Length: > 0 and <= 254 } && MailAddress.TryCreate(normal, out var parsed)
            && string.Equals(parsed.Address, normal, StringComparison.Ordinal) && !normal.Any(char.IsControl)) return true;
        normal = null;
        return false;
    }
}
