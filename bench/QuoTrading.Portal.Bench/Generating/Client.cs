using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Generating;

/// <summary>
/// One device: asks, waits for the answer, thinks, asks again. What it asks is chosen by lot; often just before or just after
/// something would time out, and often in the same instant as the license's other devices.
/// </summary>
public sealed class Client(Course course, LicenseLayout license, int licenseNumber, int deviceNumber, Lot lot)
{
    private readonly List<string> past = [];
    private volatile string? session;

    /// <summary>The session it believes to hold.</summary>
    public string? Session => session;

    public int License => licenseNumber;

    public int Device => deviceNumber;

    public async Task RunAsync()
    {
        try
        {
            // Not all at once, and not always the same one first.
            await course.PauseAsync(lot.Between(0, 3));
            while (true)
            {
                if (session is null) await SeekAsync();
                else await HoldAsync(session);
            }
        }
        catch (OperationCanceledException) when (course.Stop.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task HoldAsync(string held)
    {
        if (course.HushUntil > course.Recorder.Now && lot.Falls(0.15))
        {
            await course.PauseAsync((course.HushUntil - course.Recorder.Now).TotalSeconds + lot.Between(0, 6));
            await AskAsync(Ask.Heartbeat, lot.Falls(0.5) ? held : null);
            return;
        }

        var choice = lot.Between(0, 1);
        if (choice < 0.52)
        {
            await course.PauseAsync(lot.Between(0.1, 0.9));
            await AskAsync(Ask.Heartbeat, lot.Falls(0.5) ? held : null);
        }
        else if (choice < 0.68)
        {
            await course.PauseAsync(course.Timeout.TotalSeconds + lot.Between(-1.1, 0.6));
            await AskAsync(lot.OneOf([Ask.Heartbeat, Ask.Heartbeat, Ask.Heartbeat, Ask.Login, Ask.Clear]), lot.Falls(0.5) ? held : null);
        }
        else if (choice < 0.73)
        {
            await course.PauseAsync(lot.Between(8, 24));
            await AskAsync(lot.OneOf([Ask.Heartbeat, Ask.Heartbeat, Ask.Login, Ask.Release]), lot.Falls(0.5) ? held : null);
        }
        else if (choice < 0.84)
        {
            await course.PauseAsync(lot.Between(0, 0.5));
            await ReleaseAsync(held);
        }
        else if (choice < 0.9) await LoseAnswerAsync(lot.OneOf([Ask.Login, Ask.Heartbeat, Ask.Release]), lot.Falls(0.5) ? held : null);
        else if (choice < 0.94) await AskTwiceAsync(lot.OneOf([Ask.Heartbeat, Ask.Login, Ask.Release]), lot.Falls(0.5) ? held : null);
        else await AskAsync(lot.Falls(0.5) ? Ask.Login : Ask.Check);
    }

    private async Task SeekAsync()
    {
        if (lot.Falls(0.06)) await course.PauseAsync(lot.Between(5, 15));
        else if (lot.Falls(0.25)) await UntilAllMeetAsync();
        else await course.PauseAsync(lot.Between(0.05, 0.75));

        var choice = lot.Between(0, 1);
        if (choice < 0.4) await AskAsync(Ask.Login);
        else if (choice < 0.44) await AskTwiceAsync(lot.OneOf([Ask.Login, Ask.Login, Ask.Heartbeat]), null);
        else if (choice < 0.6) await AskAsync(Ask.Heartbeat);
        else if (choice < 0.7) await AskAsync(Ask.Heartbeat, Old());
        else if (choice < 0.82) await AskAsync(Ask.Check);
        else if (choice < 0.91) await AskAsync(Ask.Release, lot.Falls(0.5) ? Old() : null);
        else if (choice < 0.94) await AskAsync(Ask.Clear);
        else await LoseAnswerAsync(lot.OneOf([Ask.Login, Ask.Login, Ask.Heartbeat]), null);
    }

    private async Task ReleaseAsync(string held)
    {
        await AskAsync(Ask.Release, lot.Below(10) switch
        {
            < 6 => held,
            < 9 => null,
            _ => Old(),
        });
        // Bots release on any exit, and some exits come together.
        if (lot.Falls(0.3)) await AskAsync(Ask.Release, lot.Falls(0.5) ? held : null);
    }

    // What it does then may be the same again, something else, or nothing for a while.
    private async Task LoseAnswerAsync(Ask ask, string? named)
    {
        using (var patience = CancellationTokenSource.CreateLinkedTokenSource(course.Stop))
        {
            patience.CancelAfter(TimeSpan.FromMilliseconds(lot.Between(0, 8)));
            await AskWithinAsync(ask, named, patience.Token);
        }

        var choice = lot.Between(0, 1);
        if (choice < 0.6) await AskAsync(ask, named);
        else if (choice < 0.9) await AskAsync(lot.OneOf([Ask.Login, Ask.Heartbeat, Ask.Release, Ask.Check]));
    }

    // The same request twice, as some proxies send it.
    private Task AskTwiceAsync(Ask ask, string? named) => Task.WhenAll(AskAsync(ask, named), AskAsync(ask, named));

    private Task AskAsync(Ask ask, string? named = null) => AskWithinAsync(ask, named, CancellationToken.None);

    private async Task AskWithinAsync(Ask ask, string? named, CancellationToken patience)
    {
        var operation = course.Recorder.Begin(new Operation
        {
            License = licenseNumber,
            Device = deviceNumber,
            Ask = ask,
            Named = ask is Ask.Heartbeat or Ask.Release ? named : null,
            Sent = course.Recorder.Now,
        });
        try
        {
            // Not cancelled by the end of the run: what is under way is answered, so that the record is whole.
            var read = await course.Wire.AskAsync(license, license.Devices[deviceNumber], ask, operation.Named, lot.Falls(0.5), patience);
            course.Recorder.End(operation, read);
            Learn(operation);
        }
        catch (Exception lost) when (lost is HttpRequestException or OperationCanceledException or IOException)
        {
            course.Recorder.End(operation, read: null);
            if (!patience.IsCancellationRequested)
            {
                await course.PauseAsync(0.02);
                await course.UntilUpAsync();
            }
        }
    }

    private void Learn(Operation answered)
    {
        var told = answered.Told switch
        {
            Told.Holds => answered.SessionId,
            Told.Conflict or Told.ForcedOut or Told.KeptOut or Told.SessionOver or Told.LicenseBad or Told.Released => null,
            Told.NothingHeld when answered.Named is null || answered.Named == session => null,
            _ => session,
        };
        if (session is { } before && told != before) past.Add(before);
        session = told;
    }

    private string? Old() => past.Count == 0 ? null : past[Math.Max(0, past.Count - 1 - lot.Below(3))];

    // Twice a second, all who want to log in just then do.
    private Task UntilAllMeetAsync()
    {
        const double Every = 0.5;
        var now = course.Recorder.Now.TotalSeconds;
        return course.PauseAsync((Math.Ceiling(now / Every) * Every) - now);
    }
}
