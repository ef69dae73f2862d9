using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using QuoTrading.Portal.Accounts;
using QuoTrading.Portal.Kernel;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Sessions.Rules;
using QuoTrading.Portal.Storage;
using QuoTrading.Portal.Tests.Accounts;
using QuoTrading.Portal.Tests.Support;
using Xunit;

namespace QuoTrading.Portal.Tests.Components.Export;

public sealed class ExportTests : IAsyncLifetime
{
    private const string Password = "correct horse battery";

    private static readonly DateTime Noon = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    private PortalServer portal = null!;

    public async ValueTask InitializeAsync() => portal = await PortalServer.StartAsync();

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Theory]
    [InlineData("history")]
    [InlineData("activity")]
    [InlineData("audit")]
    public async Task Whoever_is_not_signed_in_gets_no_file(string list)
    {
        using var browser = new Browser(portal.Address);
        using var answer = await browser.OpenAsync($"/export/{list}.csv");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.StartsWith("/sign-in", answer.Headers.Location!.PathAndQuery, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_audit_log_is_for_administrators_alone()
    {
        using var support = await SignInAsync(PortalRole.Support);
        using var refused = await support.OpenAsync("/export/audit.csv");
        Assert.Equal("/no-access", refused.Headers.Location!.AbsolutePath);
        using var administrator = await SignInAsync(PortalRole.Administrator);
        var file = await ReadAsync(administrator, "/export/audit.csv?action=account.");
        Assert.Contains(",account.sign_in,account,administrator@example.com,", file, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_has_the_filter_of_its_address_times_with_their_zone_and_a_mark_for_spreadsheets()
    {
        await AddAsync(Record(0, "ada@example.com"), Record(1, "bert@example.com"), Record(2, "ada@example.com", EndReason.TimedOut));
        using var browser = await SignInAsync(PortalRole.Viewer);
        using var answer = await browser.OpenAsync("/export/history.csv?customer=ada&end=timed_out");
        Assert.Equal("text/csv; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("attachment; filename=\"history-2026-01-01-1200.csv\"", answer.Content.Headers.ContentDisposition!.ToString());
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(Encoding.UTF8.GetPreamble(), bytes[..3]);
        var lines = Encoding.UTF8.GetString(bytes[3..]).Split("\r\n");
        Assert.StartsWith("session_id,license_id,customer,license_key,", lines[0], StringComparison.Ordinal);
        Assert.Contains(",ada@example.com,", lines[1], StringComparison.Ordinal);
        Assert.Contains(",2026-01-01T12:02:00.000Z,,2026-01-01T12:02:30.000Z,30,timed_out,", lines[1], StringComparison.Ordinal);
        Assert.Equal(3, lines.Length);
    }

    [Theory]
    [InlineData("=cmd|' /C calc'!A0")]
    [InlineData("+1")]
    [InlineData("-1")]
    [InlineData("@x")]
    [InlineData("\tx")]
    public async Task What_begins_like_a_formula_is_text(string typed)
    {
        var record = Record(0, "ada@example.com");
        record.DeviceName = typed;
        await AddAsync(record);
        using var browser = await SignInAsync(PortalRole.Viewer);
        var file = await ReadAsync(browser, "/export/history.csv");
        Assert.Contains("\"'" + typed + "\"", file, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_a_filter_is_no_file()
    {
        using var browser = await SignInAsync(PortalRole.Viewer);
        using var answer = await browser.OpenAsync("/export/activity.csv?kind=refused&from=yesterday");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_reader_who_leaves_half_way_leaves_nothing_behind()
    {
        await portal.Services.GetRequiredService<Writer>().RunAsync(unit =>
        {
            unit.Execute("""
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
                INSERT INTO "SessionEvents" ("At", "LastAt", "Count", "Kind", "Detail") SELECT '2026-01-01 00:00:00', '2026-01-01 00:00:00', 1, 'LoggedIn', printf('%0500d', i) FROM n
                """);
            return Task.CompletedTask;
        });
        using var browser = await SignInAsync(PortalRole.Viewer);
        using (var leaving = await browser.StreamAsync("/export/activity.csv"))
        {
            await using var body = await leaving.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte[100_000]);
        }

        // The portal writes, and reads, as if nobody had ever asked.
        await AddAsync(Record(0, "ada@example.com"));
        Assert.Contains("ada@example.com", await ReadAsync(browser, "/export/history.csv"), StringComparison.Ordinal);
        Assert.Equal(60_000 + 2, (await ReadAsync(browser, "/export/activity.csv")).Split("\r\n").Length);
    }

    private static PastSession Record(int minute, string email, EndReason reason = EndReason.Released) => new()
    {
        SessionId = Guid.CreateVersion7(new DateTimeOffset(Noon.AddMinutes(minute))),
        LicenseId = 1,
        CustomerId = 1,
        CustomerEmail = email,
        KeyMasked = "K",
        Plan = "MONTHLY",
        Device = "3f9a",
        Address = "192.0.2.1",
        StartedAt = Noon.AddMinutes(minute),
        EndedAt = Noon.AddMinutes(minute).AddSeconds(30),
        EndReason = reason,
    };

    // A customer is found by his licenses.
    private async Task AddAsync(params PastSession[] records)
    {
        foreach (var group in records.GroupBy(record => record.CustomerEmail))
        {
            var license = await portal.CreateLicenseAsync(group.Key);
            foreach (var record in group) record.LicenseId = license.Id;
        }

        await portal.Services.GetRequiredService<Writer>().RunAsync(unit =>
        {
            unit.Db.SessionHistory.AddRange(records);
            return Task.CompletedTask;
        });
    }

    private async Task<Browser> SignInAsync(PortalRole role)
    {
        var email = $"{role.ToString().ToLowerInvariant()}@example.com";
        await using (var scope = portal.Services.CreateAsyncScope())
            Assert.IsType<PersonCreation.Created>(await scope.ServiceProvider.GetRequiredService<People>().CreateAsync(PortalServer.Admin, email, Password, role));
        var browser = new Browser(portal.Address);
        using var answer = await browser.SubmitAsync("/sign-in", "sign-in", ("Email", email), ("Password", Password));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return browser;
    }

    private static async Task<string> ReadAsync(Browser browser, string path)
    {
        using var answer = await browser.OpenAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }
}
