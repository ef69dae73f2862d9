using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.Components.Pages.Licenses;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Licensing;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using Xunit;
using static QuoTrading.Portal.Tests.Components.Rows;

namespace QuoTrading.Portal.Tests.Components;

public sealed class LicenseFormTests
{
    private static readonly Portal.Licensing.LicenseState Loaded = new(
        new LicenseSnapshot(1, KeyHash.Of("k"), 1, "a@example.com", null, "ABCD-…-WXYZ", "MONTHLY", LicenseStatus.Active, Noon.AddTicks(1234), 2), "note", Noon, Noon, 4);

    [Fact]
    public void Untouched_it_changes_nothing_not_even_a_fraction_of_a_second()
    {
        var form = new LicenseForm(Loaded);
        Assert.False(form.IsChanged);
        Assert.Equal(new LicenseChange.Edit("MONTHLY", 2, Noon.AddTicks(1234), "note"), form.Change);
    }

    [Fact]
    public void What_somebody_else_changed_is_told_field_by_field_beside_ones_own()
    {
        var form = new LicenseForm(Loaded) { Seats = 5, Note = "mine" };
        var theirs = Loaded with { Snapshot = Loaded.Snapshot with { Seats = 3, Plan = "ANNUAL" }, Version = 5 };
        Assert.Equal([("Plan", "ANNUAL", null), ("Seats", "3", "5")], form.Differences(theirs));

        var merged = form.OnTopOf(theirs);
        Assert.Equal(new LicenseChange.Edit("ANNUAL", 5, Noon.AddTicks(1234), "mine"), merged.Change);
        Assert.Equal(5, merged.Loaded.Version);
    }

    [Fact]
    public void What_becomes_of_a_copied_device_is_the_license_s_own_or_as_for_all()
    {
        var form = new LicenseForm(Loaded) { CopiedDevices = CopiedDevices.Refuse };
        Assert.True(form.IsChanged);
        Assert.Equal(CopiedDevices.Refuse, form.Change.CopiedDevices);
        var theirs = Loaded with { Snapshot = Loaded.Snapshot with { CopiedDevices = CopiedDevices.Report }, Version = 5 };
        Assert.Equal([("Copied device?", "report", "refuse")], form.Differences(theirs));
        Assert.Equal(CopiedDevices.Refuse, form.OnTopOf(theirs).Change.CopiedDevices);
    }

    [Theory]
    [InlineData("7d", "2026-01-01T12:00", "2026-01-08T12:00")]
    [InlineData("2026-02-01..2026-02-28", "2026-02-01T00:00", "2026-03-01T00:00")]
    [InlineData("2026-02-01..", "2026-02-01T00:00", null)]
    [InlineData("nonsense", null, null)]
    [InlineData("..", null, null)]
    public void A_range_of_expiry_is_read_from_the_address(string text, string? from, string? to)
    {
        var filter = Read($"?expires={text}").ToFilter(Noon);
        Assert.Equal((from, to), (filter.ExpiresFrom?.ToString("yyyy-MM-ddTHH:mm"), filter.ExpiresTo?.ToString("yyyy-MM-ddTHH:mm")));
    }

    [Fact]
    public void Every_list_survives_its_address()
    {
        var query = new LicenseQuery("acme", LicenseStanding.Suspended, "GOLD", "30d", Sharing: true, LicenseOrdering.Expiry);
        Assert.Equal(query, LicenseQuery.Read(new ListQuery(name => (string?)query.ToParameters()[name], Noon)));
        Assert.Equal(new LicenseQuery(), Read("?q=%20&state=&expires=&sharing=&sort=newest"));
    }

    [Theory]
    [InlineData("?state=7", 1)]
    [InlineData("?state=foo&expires=x&sharing=no&sort=-1", 4)]
    [InlineData("?expires=..", 1)]
    [InlineData("?expires=2026-02-31..", 1)]
    [InlineData("?state=suspended&expires=2026-02-01..&sharing=yes&sort=customer", 0)]
    public void What_an_address_says_and_there_is_not_is_told(string address, int problems)
    {
        var query = ListQueryTests.Of(address);
        LicenseQuery.Read(query);
        Assert.Equal(problems, query.Problems.Count);
    }

    [Fact]
    public void The_timeline_has_a_row_a_device_and_says_in_words_what_it_shows()
    {
        PastSession Held(string device, double fromDay, double? toDay) => new()
        {
            SessionId = Guid.CreateVersion7(),
            Device = device,
            Address = "x",
            CustomerEmail = "",
            KeyMasked = "",
            Plan = "",
            StartedAt = Noon.AddDays(fromDay),
            EndedAt = toDay is { } end ? Noon.AddDays(end) : null,
        };
        var view = TimelineView.Of(new LicenseUse(Noon.AddDays(-30), Noon, [], [Held("a", -3, null), Held("a", -40, -27)],
            [new SessionEvent { Device = "b", At = Noon.AddDays(-15), LastAt = Noon, Count = 4, Kind = EventKind.Refused, Code = "session_conflict" }], SharingSignals.None));
        Assert.Equal(["a", "b"], view.Rows.Select(row => row.Device));
        Assert.Equal("2 sessions, 6 d in all", view.Rows[0].Text);
        Assert.Equal([(90, 10, true), (0, 10, false)], view.Rows[0].Bars.Select(bar => (Math.Round(bar.Left), Math.Round(bar.Width), bar.IsLive)));
        Assert.Equal("0 sessions, 0 s in all; 4 attempts refused", view.Rows[1].Text);
        Assert.Equal(50, view.Rows[1].Marks.Single().Left, 3);
    }

    private static LicenseQuery Read(string address) => LicenseQuery.Read(ListQueryTests.Of(address));
}
