using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions;
using QuoTrading.Portal.Tests.Support;

namespace QuoTrading.Portal.Tests.EndToEnd;

/// <summary>Some hours of a portal with forty customers, all over real HTTP; the same in each run.</summary>
internal sealed class TradingDay(PortalServer portal)
{
    public const string Owner = "olivia@quotrading.example";

    private const int Customers = 44, Step = 1200, Steps = 15;

    private static readonly string[] First =
        ["Ada", "Bruno", "Chiara", "Daniel", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Keiko", "Luis", "Mara", "Nikhil", "Olga", "Pavel", "Quinn", "Rosa", "Stefan", "Tara", "Umar", "Vera"];

    private static readonly string[] Last = ["Lindqvist", "Moreau", "Okafor", "Petrov", "Reyes", "Schneider", "Tanaka", "Whitfield", "Zielinski"];
    private static readonly string[] Houses = ["northgate.example", "brightwater.example", "mail.example", "lakeside.example"];
    private static readonly string[] Machines = ["TRADING-PC", "VPS-CHICAGO-2", "Studio", "LAPTOP-7F3K", "VPS-NY4-01", "OFFICE-04"];
    private static readonly (string Symbol, decimal Tick)[] Markets = [("ES", 12.5m), ("MES", 1.25m), ("NQ", 5m), ("MNQ", .5m), ("CL", 10m), ("GC", 10m)];

    private readonly Random random = new(2026);
    private readonly List<Trader> traders = [];

    public async Task PassAsync()
    {
        // The past goes by in long steps; only its last minutes need the field's real pace.
        await SetAsync(timeout: 3600, interval: 600);
        for (var i = 0; i < Customers; i++) traders.Add(await CreateAsync(i));
        for (var step = 0; step < Steps; step++)
        {
            foreach (var trader in traders.Where(trader => trader.StartsAt <= step)) await trader.SendAsync(portal, trader.StartsAt == step ? "/api/validate-license" : "/api/heartbeat");
            await portal.PassAsync(Step);
        }

        // Three have gone home, and one tries a second machine.
        foreach (var trader in traders[..3]) await trader.SendAsync(portal, "/api/session/release");
        await (traders[5] with { Fingerprint = Machine.Create().Fingerprint }).SendAsync(portal, "/api/validate-license");
        traders.RemoveRange(0, 3);

        for (var second = 0; second < 120; second++)
        {
            if (second == 30) await SetAsync(timeout: 90, interval: 30);
            // Two have lost their line a minute ago.
            foreach (var (i, trader) in traders.Index())
                if (second % 30 == i * 7 % 30 && !(second > 56 && i is 29 or 38)) await trader.SendAsync(portal, "/api/heartbeat");
            await portal.PassAsync(1);
        }
    }

    private async Task SetAsync(int timeout, int interval) =>
        await portal.Services.GetRequiredService<ISessionDesk>().ChangeSettingsAsync(PortalServer.Admin with { Name = Owner }, new SessionSettingsChange(SessionTimeoutSeconds: timeout, HeartbeatIntervalSeconds: interval));

    private async Task<Trader> CreateAsync(int i)
    {
        var (first, last) = (First[i % First.Length], Last[i * 5 % Last.Length]);
        var plan = random.Next(10) switch { < 6 => "MONTHLY", < 9 => "ANNUAL", _ => "LIFETIME" };
        var order = new LicenseOrder($"{first}.{last}@{Houses[i % Houses.Length]}".ToLowerInvariant(), plan == "LIFETIME" ? new LicenseTerm.Lifetime() : new LicenseTerm.Days(30), plan, CustomerName: $"{first} {last}");
        var issued = (IssueOutcome.Issued)await portal.Services.GetRequiredService<LicenseIssuer>().IssueAsync(PortalServer.Admin, order);
        var (symbol, tick) = Markets[random.Next(Markets.Length)];
        var idle = random.Next(8) == 0;
        var position = idle ? 0 : random.Next(5) switch { 0 => random.Next(1, 4), 1 => -random.Next(1, 3), _ => 0 };
        var profit = tick * random.Next(-30, 80);
        return new Trader(issued.Licenses[0].Key, Machine.Create(first).Fingerprint, random.Next(4) == 0 ? null : Machines[random.Next(Machines.Length)],
            $"198.51.{100 + (i % 3)}.{random.Next(2, 250)}", random.Next(3) == 0 ? "2.0.4" : "2.1.0", idle ? "idle" : "online", symbol,
            new { symbol, current_position = position, position_pnl = position == 0 ? 0 : tick * random.Next(-8, 30), session_pnl = profit }, StartsAt: i * Steps / Customers);
    }

    private sealed record Trader(string Key, string Fingerprint, string? Computer, string Address, string Version, string Status, string Symbol, object Metadata, int StartsAt)
    {
        public async Task SendAsync(PortalServer portal, string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path);
            request.Headers.Add("X-Forwarded-For", Address);
            request.Content = JsonContent.Create(new
            {
                license_key = Key,
                device_fingerprint = Fingerprint,
                device_name = Computer,
                bot_version = Version,
                status = Status,
                symbol = Symbol,
                metadata = Metadata,
            });
            (await portal.Http.SendAsync(request)).Dispose();
        }
    }
}
