using System.Globalization;
using QuoTrading.Portal.Tests.Support;

namespace QuoTrading.Portal.Tests.FieldClients;

/// <summary>The launcher of both documents' time: <c>/api/main</c> behind its login button.</summary>
internal sealed class Launcher(PortalServer portal, string key, string fingerprint) : FieldClient(portal, key, fingerprint)
{
    /// <summary>What the window shows: empty while logged in.</summary>
    public string Shows { get; private set; } = "";

    /// <summary>Guessed from the message.</summary>
    public string? LicenseType { get; private set; }

    public TimeSpan? TimeLeft { get; private set; }

    public double? DaysLeft { get; private set; }

    public async Task<bool> LogInAsync()
    {
        var (status, json) = await PostAsync("/api/main", ("device_fingerprint", Fingerprint));
        if (status == 200 && IsTrue(json, "license_valid"))
        {
            Shows = "";
            var message = Text(json, "message")!.ToUpperInvariant();
            LicenseType = message.Contains("ADMIN", StringComparison.Ordinal) ? "ADMIN"
                : message.Contains("PRO", StringComparison.Ordinal) ? "PRO"
                : message.Contains("PREMIUM", StringComparison.Ordinal) ? "PREMIUM" : "STANDARD";
            // datetime.fromisoformat(…) - datetime.utcnow(): breaks where one of the two knows a zone.
            TimeLeft = Text(json, "license_expiration") is { } expiry
                ? DateTime.ParseExact(expiry, "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) - Portal.Time.Now.DateTime
                : null;
            DaysLeft = Number(json, "days_until_expiration");
            return true;
        }

        Shows = status == 403 && IsTrue(json, "session_conflict")
            ? "LICENSE ALREADY IN USE"
            : Text(json, "message") ?? throw new InvalidOperationException($"The launcher broke on a {status} that is not JSON.");
        return false;
    }

    /// <summary>The first generation, after a conflict.</summary>
    public async Task<bool> ClearAndLogInAsync()
    {
        await PostAsync("/api/session/clear");
        return await LogInAsync();
    }
}

/// <summary>The launcher of December 2025: it only checks, and starts one bot a symbol.</summary>
internal sealed class DecemberLauncher(PortalServer portal, string key, string fingerprint) : FieldClient(portal, key, fingerprint)
{
    public string Shows { get; private set; } = "";

    public string? Expiry { get; private set; }

    public async Task<bool> CheckAsync()
    {
        var (status, json) = await PostAsync("/api/validate-license", ("device_fingerprint", Fingerprint), ("check_only", true));
        Expiry = status == 200 ? Text(json, "expiry_date") : null;
        Shows = status == 200 ? "" : status == 403 && IsTrue(json, "session_conflict") ? "LICENSE ALREADY IN USE" : Text(json, "message")!;
        return status == 200;
    }
}
