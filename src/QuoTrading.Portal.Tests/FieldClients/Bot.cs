using QuoTrading.Portal.Tests.Support;

namespace QuoTrading.Portal.Tests.FieldClients;

internal enum BotState
{
    NotStarted,
    Trading,

    /// <summary>On, but it trades no more; it goes on beating.</summary>
    Idle,
    Exited,
}

/// <summary>The bots: that of the second document's time idles on a 403, the later ones exit on it.</summary>
internal sealed class Bot(PortalServer portal, string key, string fingerprint, BotGeneration generation, string? symbol = null) : FieldClient(portal, key, fingerprint)
{
    public BotState State { get; private set; }

    /// <summary>What it said last.</summary>
    public string Says { get; private set; } = "";

    /// <summary>Opens no new trades.</summary>
    public bool NearExpiry { get; private set; }

    /// <summary>False: it believes the server's clock, which forbids trading.</summary>
    public bool ClockAllowsTrading { get; private set; } = true;

    public async Task StartAsync()
    {
        var (status, json) = await PostAsync("/api/validate-license", With(("check_only", false)));
        if (status == 200 && IsTrue(json, "license_valid")) (State, Says) = (BotState.Trading, "");
        else if (status == 403 && generation == BotGeneration.December && IsFalse(json, "license_valid")) Exit("YOUR LICENSE HAS EXPIRED");
        else if (status == 403 && IsTrue(json, "session_conflict")) Exit("LICENSE ALREADY IN USE");
        else Exit(Text(json, "message") ?? "License validation failed");
    }

    /// <summary>Every 30 s; December's every 20 s.</summary>
    public async Task BeatAsync(int position = 0)
    {
        if (State is not (BotState.Trading or BotState.Idle)) return;
        var (status, json) = await PostAsync("/api/heartbeat", With(("bot_version", "2.0.0"), ("status", State == BotState.Idle ? "idle" : "online"), ("metadata", new
        {
            symbol = symbol ?? "MES",
            shadow_mode = false,
            session_pnl = 12.5,
            total_trades = 3,
            winning_trades = 2,
            losing_trades = 1,
            win_rate = 66.7,
            current_position = position,
            position_pnl = 0.0,
            license_expired = false,
            license_grace_period = false,
            near_expiry_mode = NearExpiry,
            days_until_expiration = (int?)null,
            hours_until_expiration = (double?)null,
        })));
        Read(status, IsTrue(json, "session_conflict"), IsFalse(json, "license_valid"));
    }

    /// <summary>Every 300 s: older bots ask validate-license, December's beat without anything in it.</summary>
    public async Task CheckLicenseAsync()
    {
        if (State is not (BotState.Trading or BotState.Idle)) return;
        var (status, json) = await PostAsync(generation == BotGeneration.December ? "/api/heartbeat" : "/api/validate-license", With());
        if (generation == BotGeneration.December) Read(status, IsTrue(json, "session_conflict"), IsFalse(json, "license_valid"));
        if (status != 200) return;
        // At 0 hours it would leave the mode in which it opens no new trades.
        NearExpiry = Number(json, "hours_until_expiration") is > 0 and <= 24;
    }

    /// <summary>Every 20 to 30 s.</summary>
    public async Task AskTimeAsync()
    {
        var (status, json) = await SendAsync(HttpMethod.Get, "/api/main");
        ClockAllowsTrading = status != 200 || IsTrue(json, "trading_allowed");
    }

    /// <summary>Normal end, signal and atexit each release, and nobody reads the answer.</summary>
    public async Task ExitAsync(int releases = 4)
    {
        for (var i = 0; i < releases; i++) await PostAsync("/api/session/release", With());
        Exit("");
    }

    /// <summary>No last word.</summary>
    public void Crash() => State = BotState.NotStarted;

    /// <summary>Back from a lost network: it never noticed, and beats on.</summary>
    public Task SendLateReleaseAsync() => PostAsync("/api/session/release", With());

    private void Read(int status, bool conflict, bool licenseBad)
    {
        if (status == 200 && State == BotState.Idle) State = BotState.Trading;
        if (status != 403) return;
        var said = licenseBad ? "YOUR LICENSE HAS EXPIRED" : conflict ? "LICENSE ALREADY IN USE" : "License validation failed";
        if (generation == BotGeneration.SecondDocument) (State, Says) = (BotState.Idle, said);
        else Exit(said);
    }

    private void Exit(string why) => (State, Says) = (BotState.Exited, why);

    private (string Name, object? Value)[] With(params (string Name, object? Value)[] more) =>
        [("device_fingerprint", Fingerprint), .. symbol is null ? Array.Empty<(string, object?)>() : [("symbol", symbol)], .. more];
}

internal enum BotGeneration
{
    FirstDocument,
    SecondDocument,
    December,
}
