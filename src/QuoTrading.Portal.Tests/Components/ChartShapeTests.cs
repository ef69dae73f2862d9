using Bunit;
using QuoTrading.Portal.Components.Pages.Overview;
using QuoTrading.Portal.History;
using QuoTrading.Portal.Sessions.Live;
using Xunit;

namespace QuoTrading.Portal.Tests.Components;

public sealed class ChartShapeTests : BunitContext
{
    private static readonly DateTime From = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Where_the_portal_did_not_run_is_a_gap()
    {
        var shape = Of((0, 5), (1, 7), (6, 3));
        Assert.Equal(2, shape.Line.Count(c => c == 'M'));
        Assert.Equal(2, shape.Area.Count(c => c == 'Z'));
        Assert.StartsWith("M0 50L83.33 50L83.33 30L166.67 30M500 70L583.33 70", shape.Line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 2)]
    [InlineData(2, 4)]
    [InlineData(7, 10)]
    [InlineData(10, 20)]
    [InlineData(9612, 10_000)]
    [InlineData(10_000, 20_000)]
    public void The_upper_edge_is_round_and_above_the_peak(int peak, int top) => Assert.Equal(top, Of((0, peak)).Top);

    [Fact]
    public void The_peak_is_named_in_words_and_every_step_on_hover()
    {
        var figure = Render<ConcurrencyFigure>(p => p.Add(f => f.Shape, Of((0, 5), (3, 7))));
        Assert.Equal("At most 7 sessions at once, of 6 licenses, Jan 1, 06:00 to 08:00 UTC.", figure.Find("figcaption").TextContent);
        Assert.Contains("At most 7 sessions", figure.Find("svg").GetAttribute("aria-label"), StringComparison.Ordinal);
        Assert.Equal(["5 sessions, Jan 1, 00:00 to 02:00 UTC", "7 sessions, Jan 1, 06:00 to 08:00 UTC"], figure.FindAll("svg title").Select(title => title.TextContent));
        Assert.Equal(2, figure.FindAll("tbody tr").Count);
    }

    [Fact]
    public void Without_any_step_it_says_so()
    {
        var figure = Render<ConcurrencyFigure>(p => p.Add(f => f.Shape, Of()));
        Assert.Equal("Nothing is known of this time yet.", figure.Find("figcaption").TextContent);
        Assert.Empty(figure.FindAll("svg"));
    }

    private static ChartShape Of(params (int Step, int Live)[] steps) => new(new ConcurrencyChart(ChartSpan.Day, From, From.AddDays(1), TimeSpan.FromHours(2),
        [.. steps.Select(step => new ConcurrentSessions { Minute = From.AddHours(2 * step.Step), Live = step.Live, Licenses = Math.Max(0, step.Live - 1) })]));
}
