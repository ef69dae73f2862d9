using Bunit;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Components.Layout;
using QuoTrading.Portal.Components.Pages.SystemState;
using QuoTrading.Portal.Licensing.Signing;
using QuoTrading.Portal.Operating.Backups;
using QuoTrading.Portal.Operating.Health;
using QuoTrading.Portal.Sessions.Measures;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Components;

/// <summary>The parts of the System page.</summary>
public sealed class SystemPageTests : BunitContext
{
    private static readonly BackupStatus Fresh = new("/data/backups", [], null, Rows.Noon.AddHours(15), 7, null, null);

    [Fact]
    public void What_is_wrong_stands_there_and_a_warning_looks_other_than_a_fault()
    {
        Assert.Contains("All is well", Render<HealthCard>(card => card.Add(c => c.Problems, [])).Markup, StringComparison.Ordinal);
        var card = Render<HealthCard>(card => card.Add(c => c.Problems, [new("disk", "The disk is nearly full.", Rows.Noon), new HealthProblem("backups", "The scheduled backup fails.", Rows.Noon, IsWarning: true)]));
        Assert.Equal(["error", "warning"], card.FindAll("li .icon").Select(icon => icon.TextContent));
    }

    [Fact]
    public async Task A_proxy_that_nobody_has_named_stands_there_with_its_address_and_what_to_do()
    {
        await using var portal = await PortalServer.StartAsync();
        using (var request = new HttpRequestMessage(HttpMethod.Get, "/health"))
        {
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", "203.0.113.7");
            (await portal.Http.SendAsync(request)).Dispose();
        }

        var monitor = portal.Services.GetRequiredService<HealthMonitor>();
        await monitor.RunOnceAsync();
        var card = Render<HealthCard>(card => card.Add(c => c.Problems, monitor.Problems));
        Assert.Contains("a proxy at 127.0.0.1", card.Find("li").TextContent, StringComparison.Ordinal);
        Assert.Contains("Portal:KnownProxies", card.Find("li").TextContent, StringComparison.Ordinal);
        Assert.Equal("warning", card.Find("li .icon").TextContent);
    }

    [Fact]
    public void Refusals_that_have_events_lead_to_them()
    {
        var card = Render<RefusedCard>(card => card.Add(c => c.Refusals, [new RefusedRequests("session_conflict", 1234), new("bad_request", 2)]));
        Assert.Contains("code=session_conflict", card.Find("[data-code=session_conflict] a").GetAttribute("href"), StringComparison.Ordinal);
        Assert.Equal(("1,234", "Malformed"), (card.Find("[data-code=session_conflict] strong").TextContent, card.Find("[data-code=bad_request] span").TextContent));
        Assert.Empty(card.FindAll("[data-code=bad_request] a"));
    }

    [Fact]
    public void Backups_are_listed_and_a_failure_a_refusal_and_one_under_way_are_said()
    {
        var card = Render<BackupCard>(card => card.Add(c => c.Status, Fresh));
        Assert.Contains("none yet", card.Markup, StringComparison.Ordinal);
        Assert.Empty(card.FindAll(".notice"));

        var status = Fresh with
        {
            Stored = [new StoredBackup("portal-20260101-030000.db", Rows.Noon.AddHours(-9), 4_200_000)],
            Failure = new FailedBackup(Rows.Noon, "The disk is full."),
            Running = new RunningBackup(Rows.Noon, 1024 * 1024, 4 * 1024 * 1024),
        };
        card.Render(parameters => parameters.Add(c => c.Status, status).Add(c => c.Refusal, new FailedBackup(Rows.Noon, "There is no room.")));
        Assert.Contains("4.0\u00a0MB", card.Find("[data-stored='portal-20260101-030000.db']").TextContent, StringComparison.Ordinal);
        Assert.Contains("The disk is full.", card.Find("[data-failure]").TextContent, StringComparison.Ordinal);
        Assert.Contains("There is no room.", card.Find("[data-refusal]").TextContent, StringComparison.Ordinal);
        Assert.Contains("1.0\u00a0MB of about 4.0\u00a0MB", card.Find("[role=status]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Public_keys_are_there_to_be_copied_and_one_that_cannot_be_read_is_marked()
    {
        PublicSigningKey[] keys = [new("aa00000000000001", "aa00000000000001:AAAA", SigningKeyRole.Current, Rows.Noon, true), new("aa00000000000002", "aa00000000000002:BBBB", SigningKeyRole.Next, Rows.Noon, false)];
        var card = Render<SigningCard>(card => card.Add(c => c.Keys, keys));
        Assert.Equal(["Current", "Next"], card.FindAll("dt").Select(role => role.TextContent));
        Assert.Equal(keys.Select(key => key.Text), card.FindAll("[data-copy]").Select(button => button.GetAttribute("data-copy")));
        Assert.Equal(keys.Select(key => key.Text), card.FindAll("code[data-copy-source]").Select(text => text.TextContent));
        Assert.Empty(card.FindAll("[data-signing-key=aa00000000000001] .state.bad"));
        Assert.Single(card.FindAll("[data-signing-key=aa00000000000002] .state.bad"));
        Assert.Contains("none yet", Render<SigningCard>(empty => empty.Add(c => c.Keys, [])).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_none_are_made_it_says_which_setting_does_that() =>
        Assert.Contains("Portal:Backups:Enabled", Render<BackupCard>(card => card.Add(c => c.Status, Fresh with { NextAt = null })).Markup, StringComparison.Ordinal);

    [Theory]
    [InlineData("Administrator", 1)]
    [InlineData("Support", 0)]
    [InlineData("Viewer", 0)]
    public void A_warning_is_on_every_page_of_administrators_and_of_nobody_else(string role, int seen)
    {
        this.AddAuthorization().SetAuthorized("someone@example.com").SetRoles(role).SetPolicies(role);
        var health = new OneWarning();
        Services.AddSingleton<IHealthMonitor>(health);
        Assert.Equal(seen, Render<HealthBanner>().FindAll(".notice.warn[data-health=backups]").Count);
    }

    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.0 KB")]
    [InlineData(52_428_800, "50 MB")]
    [InlineData(1_503_238_553, "1.4 GB")]
    public void Sizes_are_short(long bytes, string text) => Assert.Equal(text, SystemFormat.Bytes(bytes).Replace('\u00a0', ' '));

    [Theory]
    [InlineData(0.04, "0.04 ms")]
    [InlineData(0.8, "0.8 ms")]
    [InlineData(1.26, "1.3 ms")]
    [InlineData(87.4, "87 ms")]
    [InlineData(1400, "1.4 s")]
    public void Durations_are_short(double milliseconds, string text) => Assert.Equal(text, SystemFormat.Duration(TimeSpan.FromMilliseconds(milliseconds)).Replace('\u00a0', ' '));

    private sealed class OneWarning : IHealthMonitor
    {
        public IReadOnlyList<HealthProblem> Problems { get; } = [new("backups", "The scheduled backup fails.", Rows.Noon, IsWarning: true)];

        public IDisposable Subscribe(string name, Action changed) => new Nothing();

        private sealed class Nothing : IDisposable
        {
            public void Dispose()
            {
                // Nothing was taken.
            }
        }
    }
}
