using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Components.Pages.Online;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Online;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Api;

/// <summary>Two programs of one machine, each with its own position.</summary>
public sealed class ProgramTests
{
    [Fact]
    public async Task Each_program_keeps_what_it_told_also_over_a_restart_until_it_leaves()
    {
        var portal = await PortalServer.StartAsync();
        var device = new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint);
        Assert.Equal(200, (await device.StartAsync(("app", "bot-ES"), ("symbol", "ES"), ("bot_version", "2.1"))).Status);
        Assert.Equal(200, (await device.StartAsync(("app", "bot-NQ"), ("symbol", "NQ"))).Status);
        await device.BeatAsync(("app", "bot-ES"), ("symbol", "ES"), ("status", "online"), ("metadata", new { current_position = 2, position_pnl = 12.5, session_pnl = 100 }));
        await device.BeatAsync(("app", "bot-NQ"), ("symbol", "NQ"), ("metadata", new { current_position = -1, position_pnl = -20, session_pnl = -30 }));
        await portal.PassAsync(5);
        await device.BeatAsync(("app", "bot-NQ"));

        const string Es = """{"app":"bot-ES","symbol":"ES","status":"online","bot_version":"2.1","position":2,"session_pnl":100,"position_pnl":12.5}""";
        const string Nq = """{"app":"bot-NQ","symbol":"NQ","status":null,"bot_version":null,"position":-1,"session_pnl":-30,"position_pnl":-20}""";
        var session = await ReadAsync(portal);
        Assert.Equal([Nq, Es], Programs(session));
        Assert.Equal((-1, "2.1"), (session["position"]!.GetValue<int>(), session["bot_version"]!.GetValue<string>()));
        Assert.Equal(TimeSpan.FromSeconds(5), SeenAt(session, 0) - SeenAt(session, 1));
        Assert.Equal("bot-NQ: short 1 NQ, −$20; bot-ES: long 2 ES, +$12.50", OnlineFormat.PositionWithProfit(Row(portal)));
        Assert.Equal((true, 70m, -7.5m), (Row(portal).HasOpenPosition, Row(portal).SessionPnl, Row(portal).PositionPnl));
        // A timeout of an hour ends nobody, one that is shorter than the silence ends both positions.
        Assert.Equal(0, portal.Service.Preview(new SessionSettings()).WithPosition);
        Assert.Equal(1, portal.Service.Preview(new SessionSettings { SessionTimeoutSeconds = 0 }).WithPosition);

        await portal.PassAsync(2);
        await using var second = await PortalServer.StartAsync(folder: await portal.StopAsync(), time: portal.Time);
        Assert.Equal([Nq, Es], Programs(await ReadAsync(second)));

        device = device with { Portal = second };
        await device.BeatAsync(("app", "bot-ES"), ("metadata", new { current_position = 0 }));
        Assert.Equal(["bot-ES 0", "bot-NQ -1"], (await ReadAsync(second))["programs"]!.AsArray().Select(program => $"{program!["app"]} {program["position"]}"));
        Assert.Equal("short 1 NQ", OnlineFormat.Position(Row(second)));
        await device.AskAsync("/api/session/release", ("app", "bot-NQ"));
        Assert.Equal((0, "flat"), (Row(second).Programs.Count, OnlineFormat.Position(Row(second))));
        Assert.False(Row(second).HasOpenPosition);
        Assert.Equal("ES", (await ReadAsync(second))["symbol"]!.GetValue<string>());
    }

    [Fact]
    public async Task One_program_is_the_session_itself_and_its_row_stores_nothing_more()
    {
        await using var portal = await PortalServer.StartAsync();
        var device = new ClientDevice(portal, await portal.CreateKeyAsync(), Machine.Create().Fingerprint);
        await device.StartAsync();
        await device.BeatAsync(("symbol", "ES"), ("metadata", new { current_position = 2 }));
        await portal.PassAsync(2);
        Assert.Equal("""{"app":null,"symbol":"ES","status":null,"bot_version":null,"position":2,"session_pnl":null,"position_pnl":null}""", Assert.Single(Programs(await ReadAsync(portal))));
        Assert.Empty(Row(portal).Programs);
        Assert.Equal(0, await portal.Services.GetRequiredService<QuoTrading.Portal.Storage.Writer>().RunAsync(
            unit => Task.FromResult(unit.ExecuteScalar("""SELECT count("Reports") FROM "LiveSessions" """))));

        await device.AskAsync("/api/session/release", ("handover", true));
        Assert.Empty((await ReadAsync(portal))["programs"]!.AsArray());
    }

    private static OnlineRow Row(PortalServer portal) => Assert.Single(portal.Services.GetRequiredService<OnlineMonitor>().Renew().Rows);

    private static async Task<JsonNode> ReadAsync(PortalServer portal)
    {
        // While nobody watches, what is shown is up to a second old.
        portal.Services.GetRequiredService<OnlineMonitor>().Renew();
        using var script = await portal.CreateScriptAsync(PortalRole.Viewer);
        using var answer = await script.GetAsync(new Uri("/api/admin/sessions", UriKind.Relative));
        return Assert.Single((await Answered.ReadAsync(answer)).Json["sessions"]!.AsArray())!;
    }

    private static DateTime SeenAt(JsonNode session, int program) => session["programs"]![program]!["last_seen_at"]!.GetValue<DateTime>();

    private static List<string> Programs(JsonNode session) => [.. session["programs"]!.AsArray().Select(program =>
    {
        var told = program!.DeepClone().AsObject();
        Assert.True(told.Remove("last_seen_at"));
        return told.ToJsonString();
    })];
}
