using Microsoft.AspNetCore.WebUtilities;
using QuoTrading.Portal.Components.Lists;
using QuoTrading.Portal.Components.Pages.Activity;
using QuoTrading.Portal.Components.Pages.Audit;
using QuoTrading.Portal.Components.Pages.History;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Rules;
using Xunit;

namespace QuoTrading.Portal.Tests.Components;

public sealed class ListQueryTests
{
    private static readonly DateTime Now = new(2026, 1, 31, 15, 30, 0, DateTimeKind.Utc);

    [Fact]
    public void An_address_says_a_whole_filter()
    {
        var query = Of("?from=2026-01-02&to=2026-01-03&license=12&customer=ada@&device==3f9a&address=192.0.2.&end=timed_out");
        Assert.Equal(
            new SessionFilter(Now.Date.AddDays(-29), Now.Date.AddDays(-27), 12, null, null, new TextMatch("192.0.2.", false), EndReason.TimedOut, Words: "ada@", Named: new TextMatch("3f9a", true)),
            HistoryQuery.Read(query));
        Assert.Empty(query.Problems);
        Assert.Equal(new SessionFilter(IsLive: true), HistoryQuery.Read(Of("?end=live&device= &customer==")));
        Assert.Equal(new SessionFilter(Customer: new TextMatch("ada@example.com", true)), HistoryQuery.Read(Of("?customer==ada@example.com")));
        Assert.Equal(new EventFilter(Words: "ada lind", Named: new TextMatch("OFFICE", false)), ActivityQuery.Read(Of("?customer=ada%20lind&device=OFFICE")));
        Assert.Equal(new EventFilter(Now.AddDays(-1), Kind: EventKind.Refused, Code: "session_conflict"), ActivityQuery.Read(Of(ActivityQuery.RefusedToday("session_conflict")[9..])));
    }

    [Theory]
    [InlineData("today", 0, 15.5)]
    [InlineData("24h", 24, 0)]
    [InlineData("7d", 168, 0)]
    public void A_time_may_have_a_word(string word, int hours, double ofToday) => Assert.Equal(Now.AddHours(-hours - ofToday), Of("?from=" + word).From());

    [Theory]
    [InlineData("?from=31.01.2026")]
    [InlineData("?from=0d")]
    [InlineData("?from=99999h")]
    [InlineData("?from=0001-01-01")]
    [InlineData("?to=9999-12-31")]
    [InlineData("?to=7d")]
    [InlineData("?license=-1")]
    [InlineData("?license=1;2")]
    [InlineData("?license=99999999999999999999")]
    [InlineData("?end=gone")]
    [InlineData("?end=3")]
    public void What_cannot_be_read_is_told_and_not_left_out(string address)
    {
        var query = Of(address);
        HistoryQuery.Read(query);
        Assert.Single(query.Problems);
    }

    [Fact]
    public void A_text_that_nobody_types_is_told_and_not_left_out()
    {
        var query = Of($"?customer={new string('a', 301)}&device={new string('b', 301)}");
        HistoryQuery.Read(query);
        Assert.Equal(2, query.Problems.Count);
    }

    [Theory]
    [InlineData("?kind=Refused", 1)]
    [InlineData("?kind=refused&code=released", 1)]
    [InlineData("?code=never", 1)]
    [InlineData("?code=license_suspended", 0)]
    [InlineData("?kind=ended&code=license_suspended", 0)]
    public void A_reason_must_be_one_that_the_kind_can_have(string address, int problems)
    {
        var query = Of(address);
        ActivityQuery.Read(query);
        Assert.Equal(problems, query.Problems.Count);
    }

    [Fact]
    public void Every_word_of_the_vocabularies_has_its_own_words()
    {
        foreach (var end in Enum.GetValues<EndReason>()) Assert.NotEqual(WireNames.Of(end), SessionFormat.Code(WireNames.Of(end)));
        foreach (var kind in Enum.GetValues<EventKind>())
            foreach (var code in SessionFormat.CodesOf(kind)) Assert.NotEqual(code.Key, code.Value);
    }

    [Theory]
    [InlineData("?kind=license", 0)]
    [InlineData("?kind=licence", 1)]
    public void What_the_audit_log_is_about_must_be_something_that_there_is(string address, int problems)
    {
        var query = Of(address);
        AuditQuery.Read(query);
        Assert.Equal(problems, query.Problems.Count);
    }

    internal static ListQuery Of(string query)
    {
        var values = QueryHelpers.ParseQuery(query);
        return new ListQuery(name => values.TryGetValue(name, out var value) ? value.ToString() : null, Now);
    }
}
