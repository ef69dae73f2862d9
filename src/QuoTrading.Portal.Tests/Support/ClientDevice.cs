namespace QuoTrading.Portal.Tests.Support;

/// <summary>One device with a license key: what its launcher and its bot ask.</summary>
/// <param name="From">The address that it asks from, where the portal believes its proxy; null: the test's own.</param>
public sealed record ClientDevice(PortalServer Portal, string Key, string Fingerprint, string? Symbol = null, string? From = null)
{
    /// <summary>The launcher's login button.</summary>
    public Task<Answered> LogInAsync(params (string Name, object? Value)[] more) => AskAsync("/api/main", more);

    /// <summary>The bot starts.</summary>
    public Task<Answered> StartAsync(params (string Name, object? Value)[] more) => AskAsync("/api/validate-license", more);

    /// <summary>A launcher only asks.</summary>
    public Task<Answered> CheckAsync() => AskAsync("/api/validate-license", ("check_only", true));

    public Task<Answered> BeatAsync(params (string Name, object? Value)[] more) => AskAsync("/api/heartbeat", more);

    public Task<Answered> ReleaseAsync() => AskAsync("/api/session/release");

    public Task<Answered> ClearAsync() => AskAsync("/api/session/clear");

    public Task<Answered> AskAsync(string path, params (string Name, object? Value)[] more)
    {
        var body = new Dictionary<string, object?>(StringComparer.Ordinal) { ["license_key"] = Key, ["device_fingerprint"] = Fingerprint };
        if (Symbol is not null) body["symbol"] = Symbol;
        foreach (var (name, value) in more) body[name] = value;
        return Portal.PostAsync(path, body, From);
    }

    /// <summary>Beats every 30 s for so long.</summary>
    /// <returns>The last answer.</returns>
    public async Task<Answered> BeatForAsync(double seconds)
    {
        var answer = await BeatAsync();
        for (var passed = 0d; passed < seconds; passed += 30)
        {
            await Portal.PassAsync(Math.Min(30, seconds - passed));
            answer = await BeatAsync();
        }

        return answer;
    }
}
