using Bunit;
using QuoTrading.Portal.Components.Pages.Settings;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using Xunit;

namespace QuoTrading.Portal.Tests.Components;

public sealed class SettingsPageTests : PageTests
{
    [Fact]
    public void Only_what_was_changed_is_saved()
    {
        SignIn("Administrator");
        var page = Render<SettingsPage>();
        page.Find("#timeout").Input("120");
        page.Find("[data-save]").Click();
        Assert.Equal(new SessionSettingsChange(SessionTimeoutSeconds: 120), Assert.Single(Service.Changes));
        Assert.Contains("someone@example.com", page.Find(".lead").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#timeout", "5", "Session timeout must be 60 to 3600 seconds, but is 5.")]
    [InlineData("#timeout", "", "Session timeout must be a whole number.")]
    [InlineData("#retention", "0", "History retention must be 1 to 3650 days, but is 0.")]
    [InlineData("#devices-per-seat", "33", "Devices per seat must be 1 to 32 devices, but is 33.")]
    public void What_is_wrong_is_said_by_the_field_and_cannot_be_saved(string field, string typed, string problem)
    {
        SignIn("Administrator");
        var page = Render<SettingsPage>();
        page.Find(field).Input(typed);
        Assert.Equal(problem, page.Find($"{field}-problem").TextContent);
        Assert.True(page.Find("[data-save]").HasAttribute("disabled"));
    }

    [Fact]
    public void What_becomes_of_copied_devices_and_how_many_share_a_seat_is_chosen_here()
    {
        SignIn("Administrator");
        var page = Render<SettingsPage>();
        page.FindAll("input[name=copied]")[1].Change(true);
        page.Find("#devices-per-seat").Input("3");
        Service.NextPreview = new SettingsPreview(412, 0, 0, TooManyOnSeat: 2);
        page.Find("[data-save]").Click();
        Assert.Contains("2 devices share a seat beyond this number", page.Find("[role=dialog], dialog").TextContent, StringComparison.Ordinal);
        page.Find("[data-confirm]").Click();
        Assert.Equal(new SessionSettingsChange(DevicesPerSeat: 3, CopiedDevices: QuoTrading.Portal.Licensing.CopiedDevices.Refuse), Assert.Single(Service.Changes));
    }

    [Theory]
    [InlineData(0, "None of 188 live sessions would end, and all beat often enough.")]
    [InlineData(1, "None of 188 live sessions would end, and all beat often enough. 1 device looks copied now, and would be served in one place only.")]
    [InlineData(6, "None of 188 live sessions would end, and all beat often enough. 6 devices look copied now, and would each be served in one place only.")]
    public void Who_chooses_to_refuse_copied_devices_is_told_how_many_there_are_and_asked(int copied, string says)
    {
        SignIn("Administrator");
        Service.NextPreview = new SettingsPreview(188, 0, 0, Copied: copied);
        var page = Render<SettingsPage>();
        page.FindAll("input[name=copied]")[1].Change(true);
        Assert.Equal(says, page.Find(".preview").TextContent);
        page.Find("[data-save]").Click();
        Assert.Equal(copied > 0 ? 0 : 1, Service.Changes.Count);
        Assert.Equal(copied > 0 ? 1 : 0, page.FindAll("dialog li").Count);
    }

    [Fact]
    public void The_sentence_before_saving_follows_what_is_typed()
    {
        SignIn("Administrator");
        Service.NextPreview = new SettingsPreview(412, 3, 17);
        var page = Render<SettingsPage>();
        Assert.Equal("", page.Find(".preview").TextContent);
        page.Find(".presets button").Click();
        Assert.Equal("3 of 412 live sessions would end at once; 17 beat too rarely for this timeout.", page.Find(".preview").TextContent);
    }

    [Fact]
    public void Sessions_that_would_end_and_open_positions_among_them_are_asked_about_before_saving()
    {
        SignIn("Administrator");
        Service.NextPreview = new SettingsPreview(412, 3, 17, WithPosition: 1);
        var page = Render<SettingsPage>();
        page.Find("#timeout").Input("60");
        page.Find("[data-save]").Click();

        Assert.Empty(Service.Changes);
        Assert.Equal(
            ["3 of 412 live sessions end at once. 1 of them has an open position: the bot leaves its broker and stops.", "17 of the others beat too rarely for this timeout, and may time out between two heartbeats."],
            page.FindAll("dialog li").Select(item => item.TextContent));
        page.Find("dialog [data-cancel]").Click();
        Assert.Empty(page.FindAll("dialog"));
        Assert.Empty(Service.Changes);
        page.Find("[data-save]").Click();
        page.Find("dialog [data-confirm]").Click();
        Assert.Equal(new SessionSettingsChange(SessionTimeoutSeconds: 60), Assert.Single(Service.Changes));
        Assert.Empty(page.FindAll("dialog"));
    }

    [Theory]
    [InlineData("30", true)]
    [InlineData("366", false)]
    public void History_that_would_be_deleted_is_asked_about_before_saving(string days, bool asks)
    {
        SignIn("Administrator");
        var page = Render<SettingsPage>();
        page.Find("#retention").Input(days);
        page.Find("[data-save]").Click();
        Assert.Equal(asks ? 0 : 1, Service.Changes.Count);
        if (asks) Assert.Contains("are deleted for good. So far they were kept for 365 days.", page.Find("dialog li").TextContent, StringComparison.Ordinal);
        else Assert.Empty(page.FindAll("dialog"));
    }

    [Fact]
    public void Who_saves_over_a_colleagues_change_is_asked_first()
    {
        SignIn("Administrator");
        var page = Render<SettingsPage>();
        page.Find("#timeout").Input("120");
        Service.Settings = Service.Settings with { HeartbeatIntervalSeconds = 20, ChangedAt = Rows.Noon, ChangedBy = "colleague@example.com" };
        page.Find("[data-save]").Click();

        Assert.Empty(Service.Changes);
        Assert.Contains("colleague@example.com has changed the settings", page.Find(".notice.warn").TextContent, StringComparison.Ordinal);
        page.Find(".notice.warn .danger").Click();
        Assert.Equal(new SessionSettingsChange(SessionTimeoutSeconds: 120), Assert.Single(Service.Changes));
        Assert.Equal(20, Service.Settings.HeartbeatIntervalSeconds);
    }

    [Theory]
    [InlineData("Viewer")]
    [InlineData("Support")]
    public void Whoever_is_no_administrator_sees_but_cannot_change(string role)
    {
        SignIn(role);
        var page = Render<SettingsPage>();
        Assert.Equal("90", page.Find("#timeout").GetAttribute("value"));
        Assert.True(page.Find("#timeout").HasAttribute("disabled"));
        Assert.Empty(page.FindAll("[data-save]"));
    }

    [Fact]
    public void When_the_database_is_away_what_was_typed_stays()
    {
        SignIn("Administrator");
        Service.Fails = new StoreUnavailableException("disk full");
        var page = Render<SettingsPage>();
        page.Find("#timeout").Input("120");
        page.Find("[data-save]").Click();
        Assert.Equal("120", page.Find("#timeout").GetAttribute("value"));
        Assert.False(page.Find("[data-save]").HasAttribute("disabled"));
        Assert.Single(Notifications);
    }
}
