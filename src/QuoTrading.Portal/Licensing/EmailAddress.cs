using System.Diagnostics.CodeAnalysis;
using System.Net.Mail;

namespace QuoTrading.Portal.Licensing;

/// <summary>What counts as a customer's e-mail address, and as the same one.</summary>
internal static class EmailAddress
{
    /// <summary>Trims and lower-cases; false if it is none, or longer than 254 characters.</summary>
    public static bool TryNormalise(string? text, [NotNullWhen(true)] out string? normal)
    {
        normal = text?.Trim().ToLowerInvariant();
        if (normal is { Length: > 0 and <= 254 } && MailAddress.TryCreate(normal, out var parsed)
            && string.Equals(parsed.Address, normal, StringComparison.Ordinal) && !normal.Any(char.IsControl)) return true;
        normal = null;
        return false;
    }
}
