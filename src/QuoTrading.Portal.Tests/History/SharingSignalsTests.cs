using QuoTrading.Portal.History;
using Xunit;

namespace QuoTrading.Portal.Tests.History;

public sealed class SharingSignalsTests
{
    private static readonly DateTime Start = new(2026, 1, 1, 8, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void One_laptop_that_travels_is_one_place_and_no_sign()
    {
        var signals = SharingSignals.Of(1, [Use("laptop", "home", 0), Use("laptop", "office", 1), Use("laptop", "hotel", 2), Use("laptop", "home", 3)], []);
        Assert.Equal(new SharingSignals(1, 3, 1, 0, 0, 0), signals);
        Assert.Equal((0, SharingLevel.None), (signals.Score, signals.Level));
    }

    [Fact]
    public void A_machine_that_trades_several_symbols_shows_several_fingerprints_and_is_one_place()
    {
        var signals = SharingSignals.Of(1, [Use("es", "vps", 0), Use("nq", "vps", 0), Use("launcher", "vps", 0), Use("es", "vps", 1), Use("nq", "vps", 1)], [Refused("cl", "vps", 0)]);
        Assert.Equal((4, 1, 1, 0, 3), (signals.Devices, signals.Addresses, signals.Places, signals.ConflictDays, signals.MostOnSeat));
        Assert.Equal(SharingLevel.Possible, signals.Level);
    }

    [Theory]
    [InlineData(2, SharingLevel.None)]
    [InlineData(3, SharingLevel.Possible)]
    [InlineData(6, SharingLevel.Possible)]
    [InlineData(10, SharingLevel.Likely)]
    public void More_than_two_devices_on_one_seat_at_once_are_a_sign(int devices, SharingLevel level)
    {
        var signals = SharingSignals.Of(1, [.. Enumerable.Range(0, devices).Select(i => Use($"bot-{i}", "vps", 0))], []);
        Assert.Equal((devices, level), (signals.MostOnSeat, signals.Level));
    }

    [Fact]
    public void Devices_on_seats_of_their_own_or_one_after_the_other_are_not_many_on_a_seat()
    {
        Assert.Equal(1, SharingSignals.Of(3, [.. Enumerable.Range(0, 3).Select(i => Use($"pc-{i}", "office", 0) with { Seat = i + 1 })], []).MostOnSeat);
        Assert.Equal(1, SharingSignals.Of(1, [.. Enumerable.Range(0, 3).Select(i => Use($"pc-{i}", "office", i))], []).MostOnSeat);
    }

    [Fact]
    public void One_fingerprint_in_two_places_is_a_stronger_sign_than_all_others_together()
    {
        var copied = SharingSignals.Of(1, [Use("pc", "home", 0)], [], copies: new CopyEvents(1, 1, 1));
        var worst = SharingSignals.Of(1,
            [.. Enumerable.Range(0, 30).Select(day => Use(day % 2 == 0 ? "anna" : "bert", day % 2 == 0 ? "berlin" : "lima", day))],
            [.. Enumerable.Range(0, 8).Select(day => Refused(day % 2 == 0 ? "bert" : "anna", day % 2 == 0 ? "lima" : "berlin", day))]);
        Assert.Equal(SharingLevel.Likely, copied.Level);
        Assert.True(copied.Score > worst.Score, $"{copied.Score} against {worst.Score}");
        Assert.Equal(SharingLevel.Likely, SharingSignals.Of(1, [], [], overLimit: 1).Level);
    }

    [Fact]
    public void Two_strangers_who_take_turns_and_get_in_each_others_way_are_likely()
    {
        var uses = Enumerable.Range(0, 10).Select(day => Use(day % 2 == 0 ? "anna" : "bert", day % 2 == 0 ? "berlin" : "lima", day)).ToList();
        var signals = SharingSignals.Of(1, uses, [Refused("bert", "lima", 0), Refused("anna", "berlin", 1), Refused("anna", "berlin", 1, hour: 1), Refused("bert", "lima", 2)]);
        Assert.Equal((2, 2, 2, 3, 4, 8), (signals.Devices, signals.Addresses, signals.Places, signals.ConflictDays, signals.Conflicts, signals.Returns));
        Assert.Equal(SharingLevel.Likely, signals.Level);
    }

    [Fact]
    public void A_move_to_a_new_machine_is_no_sharing()
    {
        var signals = SharingSignals.Of(1, [Use("old", "home", 0), Use("old", "home", 1), Use("new", "new-home", 2), Use("new", "new-home", 3)], []);
        Assert.Equal((2, 0, SharingLevel.None), (signals.Places, signals.Returns, signals.Level));
    }

    [Fact]
    public void As_many_places_as_seats_are_what_was_sold()
    {
        var signals = SharingSignals.Of(2, [Use("a", "one", 0), Use("b", "two", 0), Use("a", "one", 1), Use("b", "two", 1)], []);
        Assert.Equal((2, 0), (signals.Places, signals.Score));
    }

    [Fact]
    public void Places_join_through_a_device_that_was_in_both()
    {
        var signals = SharingSignals.Of(1, [Use("pc", "home", 0), Use("office-pc", "office", 1), Use("laptop", "home", 2), Use("laptop", "office", 3)], []);
        Assert.Equal((3, 2, 1), (signals.Devices, signals.Addresses, signals.Places));
    }

    [Fact]
    public void Nothing_is_no_sign() => Assert.Equal(SharingSignals.None, SharingSignals.Of(1, [], []));

    private static DeviceUse Use(string device, string address, int day) => new(device, address, Start.AddDays(day), Start.AddDays(day).AddHours(4));

    private static SeatConflict Refused(string device, string address, int day, int hour = 0) => new(device, address, Start.AddDays(day).AddHours(hour + 1), 1);
}
