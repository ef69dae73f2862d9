using QuoTrading.Portal.Operating.Backups;
using Xunit;

namespace QuoTrading.Portal.Tests.Operating.Backups;

public sealed class BackupScheduleTests
{
    [Theory]
    [InlineData(null, null, "2026-01-01T12:00", "2026-01-01T03:00", "2026-01-02T03:00")]
    [InlineData("04:30", null, "2026-01-01T04:29", "2025-12-31T04:30", "2026-01-01T04:30")]
    [InlineData("04:30", null, "2026-01-01T04:30", "2026-01-01T04:30", "2026-01-02T04:30")]
    [InlineData(null, 6, "2026-01-01T13:00", "2026-01-01T12:00", "2026-01-01T18:00")]
    [InlineData(null, 1, "2026-01-01T00:00", "2026-01-01T00:00", "2026-01-01T01:00")]
    public void A_backup_is_due_at_its_hour_of_the_day_or_every_so_many_hours(string? daily, int? every, string now, string before, string after)
    {
        var options = new BackupOptions { Daily = daily, EveryHours = every };
        Assert.Empty(options.Check());
        Assert.Equal((Utc(before), Utc(after)), (options.Schedule.Before(Utc(now)), options.Schedule.After(Utc(now))));
    }

    [Fact]
    public void What_makes_no_sense_stops_the_start_all_of_it_at_once_with_its_keys()
    {
        var refusals = string.Join(Environment.NewLine, new BackupOptions { Directory = " ", Daily = "3 o'clock", EveryHours = 0, KeepDays = 0 }.Check());
        foreach (var told in new[] { "Portal:Backups:Directory is empty", "Portal:Backups:Daily is \"3 o'clock\"", "Portal:Backups:EveryHours is 0", "exclude each other", "Portal:Backups:KeepDays is 0" })
            Assert.Contains(told, refusals, StringComparison.Ordinal);
    }

    private static DateTime Utc(string text) => DateTime.SpecifyKind(DateTime.Parse(text), DateTimeKind.Utc);
}
