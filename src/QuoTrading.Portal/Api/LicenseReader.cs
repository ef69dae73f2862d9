using System.Globalization;
using System.Text.Json;
using QuoTrading.Portal.Licensing;

namespace QuoTrading.Portal.Api;

/// <summary>Reads the body of <c>PATCH /api/admin/licenses/{id}</c>: absent is unchanged, unknown is an error.</summary>
internal static class LicenseReader
{
    public static (LicenseChange.Update Change, string? Reason, IReadOnlyList<FieldError> Errors) Read(JsonElement body)
    {
        var change = new LicenseChange.Update();
        string? reason = null;
        var errors = new List<FieldError>();
        foreach (var field in body.EnumerateObject())
        {
            if (JsonText.NameOf(field) is not { } name)
            {
                errors.Add(new("", "The name of a field must be text."));
                continue;
            }

            switch (name)
            {
                case "seats" when field.Value.ValueKind == JsonValueKind.Number && field.Value.TryGetInt32(out var seats):
                    change = change with { Seats = new(seats) };
                    break;
                case "seats":
                    errors.Add(new(name, "seats must be a whole number."));
                    break;
                case "expires_at" when field.Value.ValueKind == JsonValueKind.Null:
                    change = change with { Expiry = new(null) };
                    break;
                case "expires_at" when Instant(JsonText.Of(field.Value)) is { } instant:
                    change = change with { Expiry = new(instant) };
                    break;
                case "expires_at":
                    errors.Add(new(name, "expires_at must be a time with its zone, like 2027-01-31T12:00:00Z, or null for never."));
                    break;
                case "reason" when field.Value.ValueKind == JsonValueKind.Null || JsonText.Of(field.Value) is not null:
                    reason = JsonText.Of(field.Value);
                    break;
                case "reason":
                    errors.Add(new(name, "reason must be text."));
                    break;
                default:
                    errors.Add(new(name, $"There is no field {name} that can be changed."));
                    break;
            }
        }

        return (change, reason, errors);
    }

    // Without a zone it would be anybody's guess which one was meant.
    private static DateTime? Instant(string? text) =>
        text is not null && text.Length <= 40 && (text.EndsWith('Z') || (text.Length > 19 && text.AsSpan(19).ContainsAny('+', '-')))
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time.UtcDateTime
            : null;
}
