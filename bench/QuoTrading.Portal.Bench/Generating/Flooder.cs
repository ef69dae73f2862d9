using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Generating;

/// <summary>A stranger who asks for a license again and again, many times a second, while somebody else holds it.</summary>
public sealed class Flooder(Course course, LicenseLayout license, int licenseNumber, Role role, Lot lot)
{
    // Above what a license of one seat lets through in a burst.
    private const int Least = 70;
    private const int Most = 130;
    private const int AtOnce = 10;

    public async Task RunAsync()
    {
        try
        {
            await course.PauseAsync(lot.Between(1, 8));
            while (true)
            {
                await FloodAsync();
                await course.PauseAsync(lot.Between(4, 14));
            }
        }
        catch (OperationCanceledException) when (course.Stop.IsCancellationRequested)
        {
            return;
        }
    }

    // As long as nobody lets it in: once it is known, it has an allowance of its own.
    private async Task FloodAsync()
    {
        var left = Least + lot.Below(Most - Least);
        while (left > 0)
        {
            if ((await AskAsync(Ask.Check)).Told is not (Told.Conflict or Told.TooMany)) return;
            var many = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => AskAsync(lot.Falls(0.7) ? Ask.Login : Ask.Heartbeat)));
            left -= AtOnce + 1;
            if (many.All(o => o.Told is not Told.Holds)) continue;
            await AskAsync(Ask.Release);
            return;
        }
    }

    private async Task<Operation> AskAsync(Ask ask)
    {
        var operation = course.Recorder.Begin(new Operation { License = licenseNumber, Device = role.Device, Ask = ask, Address = role.Machine.Address, Sent = course.Recorder.Now });
        try
        {
            course.Recorder.End(operation, await course.Wire.AskAsync(license, operation, default, CancellationToken.None));
        }
        catch (Exception lost) when (lost is HttpRequestException or OperationCanceledException or IOException)
        {
            course.Recorder.End(operation, read: null);
            await course.PauseAsync(0.02);
            await course.UntilUpAsync();
        }

        return operation;
    }
}
