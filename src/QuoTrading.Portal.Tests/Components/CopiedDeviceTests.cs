using System.Text.RegularExpressions;
using Bunit;
using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.Components.Pages.Licenses;
using QuoTrading.Portal.Components.Pages.Online;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Tests.Support;
using Xunit;
using static QuoTrading.Portal.Tests.Components.Rows;

namespace QuoTrading.Portal.Tests.Components;

/// <summary>What support reads of a device that looks copied: the same words on every page, and links that keep the license.</summary>
public sealed partial class CopiedDeviceTests : PageTests
{
    [Theory]
    [InlineData(CopySign.TwoNetworks, "Copied device? Two networks")]
    [InlineData(CopySign.TooManyHeartbeats, "Copied device? Twice the heartbeats")]
    [InlineData(CopySign.OtherInstall, "Copied device? Another installation")]
    [InlineData(CopySign.OldToken, "Copied device? Two from one login")]
    public void Each_sign_has_its_own_name_under_one_heading(CopySign sign, string name)
    {
        SignIn("Support");
        var row = Row(7) with { Copied = new CopiedMark(sign, "192.0.2.0/24", 1) };
        Monitor.Publish(row);

        var page = Render<OnlinePage>();
        var mark = page.Find(".c-device .copied");
        Assert.Equal(name, mark.GetAttribute("aria-label"));
        Assert.StartsWith(name + ": ", mark.GetAttribute("title"), StringComparison.Ordinal);
        Assert.NotEqual("content_copy", mark.TextContent);
        // On a phone, where nothing can be hovered, the words are there to be seen.
        Assert.Equal(name, page.Find(".folded .copied-word").TextContent.Replace(SessionFormat.CopiedIcon, "", StringComparison.Ordinal));

        page.Find(".opener").Click();
        Assert.StartsWith(name + ": ", page.Find("p[data-copied] strong").TextContent + " ", StringComparison.Ordinal);
        Assert.Contains("administrator", page.Find("p[data-copied] .second").TextContent, StringComparison.Ordinal);

        var live = Render<LiveSessions>(with => with.Add(c => c.Rows, [row]));
        Assert.EndsWith(name, live.Find("[data-copied]").TextContent, StringComparison.Ordinal);
        Assert.Equal("Copied device?", SessionFormat.Kind(EventKind.CopiedDevice));
        Assert.Equal(name, $"{SessionFormat.Kind(EventKind.CopiedDevice)} {SessionFormat.Code(WireNames.Of(sign))}");
    }

    [Fact]
    public void Links_to_what_was_seen_keep_the_license()
    {
        SignIn("Viewer");
        Monitor.Publish(Row(204) with { Copied = new CopiedMark(CopySign.TwoNetworks, "192.0.2.0/24 and 198.51.100.0/24", 1) });
        var page = Render<OnlinePage>();
        page.Find(".opener").Click();
        var card = Render<SharingCard>(with => with.Add(c => c.Signals, SharingSignals.Of(1, [], [], new CopyEvents(1, 1, 33))).Add(c => c.Seats, 1).Add(c => c.LicenseId, 204));

        Assert.Equal("/activity?kind=copied_device&license=204", page.Find("p[data-copied] a").GetAttribute("href"));
        Assert.Equal("/activity?kind=copied_device&license=204", card.Find("[data-copies] a").GetAttribute("href"));
        Assert.DoesNotContain("&amp;amp;", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("&amp;amp;", card.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void No_attribute_with_a_value_of_ours_is_written_in_entities()
    {
        var pages = Directory.GetFiles(Path.Combine(Repository.Root, "src", "QuoTrading.Portal", "Components"), "*.razor", SearchOption.AllDirectories);
        Assert.NotEmpty(pages);
        // Such an attribute is put together by C#, and what C# writes is encoded once more.
        Assert.Empty(pages.SelectMany(page => MixedAttribute().Matches(File.ReadAllText(page)).Where(found => found.Value.Contains('@', StringComparison.Ordinal) && Entity().IsMatch(found.Value))
            .Select(found => $"{Path.GetFileName(page)}: {found.Value}")));
        Assert.Matches(Entity(), MixedAttribute().Match("""<a href="/a?b=c&amp;d=@Id">""").Value);
    }

    [Theory]
    [InlineData(6, 6, 6, "6 devices, 6 events, seen 6 times")]
    [InlineData(1, 1, 33, "1 device, 1 event, seen 33 times")]
    public void How_many_devices_and_how_often_is_said_apart(int devices, int events, int times, string says)
    {
        var signals = SharingSignals.Of(1, [], [], new CopyEvents(devices, events, times));
        var card = Render<SharingCard>(with => with.Add(c => c.Signals, signals).Add(c => c.Seats, 1).Add(c => c.LicenseId, 7));
        Assert.StartsWith(says, card.Find("[data-copies]").TextContent, StringComparison.Ordinal);
        Assert.StartsWith($"Copied device? {says[..says.LastIndexOf(", seen", StringComparison.Ordinal)]}", SharingBadge.Evidence(signals), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("login_required", true)]
    [InlineData("session_conflict", false)]
    public void What_support_tells_whoever_did_not_prove_himself_stands_with_the_event(string code, bool isAdvised)
    {
        SignIn("Support");
        var list = Render<SessionEvents>(with => with.Add(c => c.Events, [new SessionEvent { Kind = EventKind.Refused, Code = code, Detail = "heartbeat", At = Noon, LastAt = Noon }]));
        Assert.Equal(isAdvised ? [SessionFormat.ProofAdvice] : [], list.FindAll("[data-advice]").Select(advice => advice.TextContent));
    }

    [Fact]
    public void Whoever_was_refused_just_now_has_a_mark_that_lies_within_the_strip()
    {
        SessionEvent Refused(DateTime at, int count = 1) => new() { Kind = EventKind.Refused, Code = "session_conflict", Device = "pc", At = at, LastAt = at, Count = count };
        var use = new LicenseUse(Noon.AddDays(-30), Noon, [], [], [Refused(Noon), Refused(Noon.AddMinutes(-1), 3), Refused(Noon.AddDays(-15)), Refused(Noon.AddDays(-31))], SharingSignals.None);
        var row = Assert.Single(TimelineView.Of(use).Rows);
        Assert.Equal(6, row.Refused);
        Assert.Equal([99d, 99d, 50d, 0d], row.Marks.Select(mark => mark.Left));
        Assert.Equal("In use on another device, 2026-01-01 11:59 UTC, 3 times", row.Marks[1].Text);
        Assert.Equal(4, Render<TimelineCard>(with => with.Add(c => c.View, TimelineView.Of(use)).Add(c => c.LicenseId, 7)).FindAll(".timeline-strip .mark").Count);
    }

    [GeneratedRegex("[\\w-]+=\"[^\"]*&[a-z]+;[^\"]*\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MixedAttribute();

    [GeneratedRegex("&[a-z]+;", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Entity();
}
