using QuoTrading.Portal.Sessions.Rules;
using Xunit;

namespace QuoTrading.Portal.Tests.Sessions.Rules;

/// <summary>What one valid key may make the portal keep in a day.</summary>
public sealed class GrowthRulesTests
{
    private const long Day = 24 * 60 * 60 * 1000;

    private readonly RulesTable table = new();
    private readonly LicenseGrowth growth = new();
    private readonly LimitOptions limits = new();

    [Theory]
    [InlineData(1, 50)]
    [InlineData(3, 150)]
    public void New_devices_of_a_day_are_limited_by_the_seats(int seats, int most)
    {
        table.License = table.License with { Seats = seats };
        for (var i = 0; i < most; i++) Assert.IsType<Outcome.Holds>(LogIn($"D{i}", isNew: true));
        var refused = Assert.IsType<Outcome.TooMuchToday>(LogIn("One more", isNew: true));
        Assert.Equal((DailyLimit.NewDevices, (int)(Day / 1000)), (refused.What, refused.WaitSeconds));
        Assert.IsType<Outcome.Holds>(LogIn("D0", isNew: false));

        table.Pass(Day / 1000);
        Assert.IsType<Outcome.Holds>(LogIn("One more", isNew: true));
    }

    [Fact]
    public void Sessions_of_a_day_are_limited_and_what_goes_on_is_not()
    {
        for (var i = 0; i < 4999; i++) Assert.IsType<Outcome.Holds>(LogIn("A", isNew: false));
        Assert.IsType<Outcome.Holds>(LogIn("A", isNew: false, leaves: false));
        Assert.IsType<Outcome.Holds>(LogIn("A", isNew: false));
        Assert.Equal(DailyLimit.Sessions, Assert.IsType<Outcome.TooMuchToday>(LogIn("Stranger", isNew: true)).What);
        Assert.Empty(table.Sessions.Live);
    }

    [Fact]
    public void Whoever_has_the_key_too_cannot_use_up_the_day_of_a_device_that_is_known()
    {
        for (var i = 0; i < 5000; i++) Assert.IsType<Outcome.Holds>(LogIn("Thief", isNew: false));
        for (var i = 0; i < 200; i++) Assert.IsType<Outcome.Holds>(LogIn("Thief", isNew: false));
        Assert.IsType<Outcome.TooMuchToday>(LogIn("Thief", isNew: false));
        for (var i = 0; i < 200; i++) Assert.IsType<Outcome.Holds>(LogIn("Owner", isNew: false));
        Assert.IsType<Outcome.TooMuchToday>(LogIn("Owner", isNew: false));
        growth.Forget(1);
        Assert.IsType<Outcome.Holds>(LogIn("Thief", isNew: true));
    }

    private Outcome LogIn(string device, bool isNew, bool leaves = true)
    {
        var before = table.Sessions;
        var today = growth.Of(1, device, table.Now.Ms);
        var outcome = table.LogIn(device);
        var decision = SessionRules.WithinToday(new Decision(outcome, table.Changes, table.Sessions), before, table.License, today, isNew, limits);
        table.Sessions = decision.Sessions;
        if (decision.Changes.OfType<SessionChange.Started>().Any()) growth.Note(1, device, isNew, SessionRules.IsBeyond(table.License, today, limits), table.Now.Ms);
        if (leaves) table.Release(device);
        return decision.Outcome;
    }
}
