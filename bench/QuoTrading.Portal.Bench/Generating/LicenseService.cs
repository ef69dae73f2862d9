using System.Globalization;
using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Generating;

/// <param name="Number">In the run.</param>
/// <param name="Id">At the portal.</param>
/// <param name="Seats">As it was made.</param>
public sealed record LicenseOnDesk(int Number, long Id, int Seats);

/// <summary>
/// Changes licenses and takes it back after some seconds, one license after the other: suspensions, cancellations, expiries, more
/// and fewer seats. What was not answered is asked again, so that in the end it is known to be in force.
/// </summary>
public sealed class LicenseService(Course course, IReadOnlyList<LicenseOnDesk> licenses, Lot lot)
{
    private const int Days = 30;

    public async Task RunAsync()
    {
        if (licenses.Count == 0) return;
        try
        {
            await course.PauseAsync(lot.Between(1, 4));
            while (true)
            {
                var license = lot.OneOf(licenses);
                await (lot.Below(7) switch
                {
                    0 => SuspendAsync(license),
                    1 => CancelAsync(license),
                    2 => ExpireAsync(license),
                    3 => ExpireSoonAsync(license),
                    4 => HireAsync(license),
                    _ when license.Seats > 1 => FireAsync(license),
                    _ => HireAsync(license),
                });
                await course.PauseAsync(lot.Between(0.1, 1.5));
            }
        }
        catch (OperationCanceledException) when (course.Stop.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task SuspendAsync(LicenseOnDesk license)
    {
        await ChangeAsync(license, Good(license) with { Standing = Standing.Suspended }, "suspend", new { reason = "chosen by lot" });
        if (lot.Falls(0.2)) await ChangeAsync(license, Good(license) with { Standing = Standing.Suspended }, "suspend");
        await WaitAsync();
        await ChangeAsync(license, Good(license), "reactivate");
    }

    private async Task CancelAsync(LicenseOnDesk license)
    {
        await ChangeAsync(license, Good(license) with { Standing = Standing.Cancelled }, "cancel");
        await WaitAsync();
        await ChangeAsync(license, Good(license), "reactivate");
    }

    private async Task ExpireAsync(LicenseOnDesk license)
    {
        await ChangeAsync(license, Good(license) with { ExpiresAt = course.Recorder.Now - TimeSpan.FromMinutes(5) }, null, new { expires_at = Wall(TimeSpan.FromMinutes(-5)) });
        await WaitAsync();
        await ChangeAsync(license, Good(license), "extend", new { days = Days });
    }

    // It is extended some seconds before, in the very moment, or afterwards.
    private async Task ExpireSoonAsync(LicenseOnDesk license)
    {
        var ahead = TimeSpan.FromSeconds(lot.Between(0.5, 3));
        await ChangeAsync(license, Good(license) with { ExpiresAt = course.Recorder.Now + ahead }, null, new { expires_at = Wall(ahead) });
        await course.PauseAsync(ahead.TotalSeconds + lot.OneOf([-0.5, 0, 0.6, 2, 3.5]));
        await ChangeAsync(license, Good(license), "extend", new { days = Days });
    }

    private async Task HireAsync(LicenseOnDesk license)
    {
        var more = license.Seats + 1 + lot.Below(2);
        await ChangeAsync(license, Good(license) with { Seats = more }, null, new { seats = more });
        await course.PauseAsync(lot.Between(0.5, 6));
        await ChangeAsync(license, Good(license), null, new { seats = license.Seats });
    }

    private async Task FireAsync(LicenseOnDesk license)
    {
        await ChangeAsync(license, Good(license) with { Seats = 1 }, null, new { seats = 1, reason = "chosen by lot" });
        await WaitAsync();
        await ChangeAsync(license, Good(license), null, new { seats = license.Seats });
    }

    private Task WaitAsync() => course.PauseAsync(lot.Falls(0.3) ? lot.Between(0, 0.1) : lot.Between(0.3, 3));

    // After every change that is taken back: the run is over long before 30 days.
    private static Terms Good(LicenseOnDesk license) => new(Standing.Active, null, license.Seats);

    private static string Wall(TimeSpan ahead) => (TimeProvider.System.GetUtcNow().UtcDateTime + ahead).ToString("o", CultureInfo.InvariantCulture);

    /// <param name="verb">Null for a change of the license itself.</param>
    private async Task ChangeAsync(LicenseOnDesk license, Terms terms, string? verb, object? body = null)
    {
        var change = course.Recorder.Change(license.Number, terms);
        while (true)
        {
            try
            {
                var (status, text) = await Wire.SendAsync(course.Wire.Administrator, verb is null ? HttpMethod.Patch : HttpMethod.Post,
                    $"/api/admin/licenses/{license.Id}{(verb is null ? "" : "/" + verb)}", body ?? new { }, CancellationToken.None);
                if (status == 200)
                {
                    course.Recorder.TermsChanged(change);
                    return;
                }

                if (status != 503) Note(license, $"{status} {text}");
                await course.PauseAsync(0.1);
            }
            catch (Exception lost) when (lost is HttpRequestException or OperationCanceledException or IOException)
            {
                await course.PauseAsync(0.02);
                await course.UntilUpAsync();
            }
        }
    }

    private void Note(LicenseOnDesk license, string fault)
    {
        var operation = course.Recorder.Begin(new Operation { License = license.Number, Device = 0, Ask = Ask.Change, Sent = course.Recorder.Now });
        course.Recorder.End(operation, o => (o.Told, o.Text) = (Told.Fault, fault));
    }
}
