using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Generating;

/// <summary>
/// One device: asks, waits for the answer, thinks, asks again. What it asks is chosen by lot; often just before or just after
/// something would time out, and often in the same instant as the license's other devices.
/// </summary>
public sealed class Client(Course course, LicenseLayout license, int licenseNumber, Role role, Lot lot)
{
    private readonly List<string> past = [];
    private readonly ClientStreams streams = new(course);
    private readonly List<string> tokens = [];
    private Habits habits = new(null, null);
    private volatile string? session;

    /// <summary>The session it believes to hold.</summary>
    public string? Session => session;

    public int License => licenseNumber;

    public int Device => role.Device;

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
        finally
        {
            await streams.DropAsync();
        }
    }

    private async Task HoldAsync(string held)
    {
        if (await StreamAsync(held)) return;
        if (course.HushUntil > course.Recorder.Now && lot.Falls(0.15))
        {
            await course.PauseAsync((course.HushUntil - course.Recorder.Now).TotalSeconds + lot.Between(0, 6));
            await AskAsync(Ask.Heartbeat, lot.Falls(0.5) ? held : null);
            return;
        }

        if (role.Hurries && lot.Falls(0.03))
        {
            await HurryAsync(held);
            return;
        }

        if (role.IsSteady && lot.Falls(0.94))
        {
            await course.PauseAsync(lot.Between(0.3, 1.2));
            // Who proves his installation gets a token with each login, and with each tenth heartbeat.
            if (role.Install is not null && lot.Falls(0.06)) await AskAsync(Ask.Login);
            else await AskAsync(Ask.Heartbeat, lot.Falls(0.5) ? held : null);
            return;
        }

        var choice = lot.Between(0, 1);
        // Whoever waits for a long timeout does nothing else.
        if (choice < 0.52 || (choice < 0.68 && course.IsTimeoutLong && lot.Falls(0.85)))
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
            if (course.IsTimeoutLong && lot.Falls(0.12))
            {
                await HandOverLateAsync(held);
                return;
            }

            await course.PauseAsync(lot.Between(0, 0.5));
            await ReleaseAsync(held);
        }
        else if (choice < 0.9) await LoseAnswerAsync(lot.Falls(0.05) ? Ask.Stream : lot.OneOf([Ask.Login, Ask.Heartbeat, Ask.Release]), lot.Falls(0.5) ? held : null);
        else if (choice < 0.94) await AskTwiceAsync(lot.OneOf([Ask.Heartbeat, Ask.Login, Ask.Release]), lot.Falls(0.5) ? held : null);
        else await AskAsync(lot.Falls(0.5) ? Ask.Login : Ask.Check);
    }

    private async Task SeekAsync()
    {
        if (course.LullUntil.TryGetValue(licenseNumber, out var lull) && lull > course.Recorder.Now) await course.PauseAsync((lull - course.Recorder.Now).TotalSeconds);
        if (lot.Falls(0.06)) await course.PauseAsync(lot.Between(5, 15));
        else if (lot.Falls(0.25)) await UntilAllMeetAsync();
        else await course.PauseAsync(lot.Between(0.05, 0.75));

        var choice = lot.Between(0, 1);
        if (choice < 0.4) await AskAsync(Ask.Login);
        else if (choice < 0.44) await AskTwiceAsync(lot.OneOf([Ask.Login, Ask.Login, Ask.Heartbeat]), null);
        else if (choice < 0.57) await AskAsync(Ask.Heartbeat);
        else if (choice < 0.6) await AskAsync(Ask.Stream);
        else if (choice < 0.7) await AskAsync(Ask.Heartbeat, Old());
        else if (choice < 0.82) await AskAsync(Ask.Check);
        else if (choice < 0.91) await AskAsync(Ask.Release, lot.Falls(0.5) ? Old() : null);
        else if (choice < 0.94) await AskAsync(Ask.Clear);
        else await LoseAnswerAsync(lot.OneOf([Ask.Login, Ask.Login, Ask.Heartbeat]), null);
    }

    // Whether it did something with its streams.
    private async Task<bool> StreamAsync(string held)
    {
        if (streams.WereCut)
        {
            // Its proxy restarted, and some of its clients take their time.
            streams.WereCut = false;
            if (lot.Falls(0.4)) return false;
            await course.PauseAsync(course.Grace.TotalSeconds + lot.Between(0.3, 1.4));
            await AskAsync(Ask.Heartbeat);
            return true;
        }

        if (!streams.AreOpen)
        {
            if (!lot.Falls(course.GatherUntil > course.Recorder.Now ? 0.6 : course.IsTimeoutLong ? 0.15 : 0.07)) return false;
            await OpenAsync(held);
            if (lot.Falls(0.2)) await OpenAsync(held);
            return true;
        }

        // Where many drop, none of them says anything.
        if (course.IsTimeoutLong && lot.Falls(0.7))
        {
            if (!lot.Falls(0.1)) return false;
            await StayAwayAsync(held);
            return true;
        }

        switch (lot.Between(0, 1))
        {
            // A crash: nobody comes back in time, or just so.
            case < 0.05:
                await streams.DropAsync();
                await course.PauseAsync(course.Grace.TotalSeconds + lot.Between(-1.3, 2.5));
                await AskAsync(lot.OneOf([Ask.Heartbeat, Ask.Heartbeat, Ask.Login, Ask.Stream]), lot.Falls(0.5) ? held : null);
                return true;
            // A router forgot the line: the server sees a drop, and the client hears nothing until it wonders why.
            case < 0.06:
                await streams.DropAsync();
                var silent = Math.Min(StreamLine.Silence.TotalSeconds, course.Grace.TotalSeconds * 0.7);
                await course.PauseAsync(lot.Between(silent * 0.4, silent));
                await AskAsync(Ask.Heartbeat, lot.Falls(0.5) ? held : null);
                await course.PauseAsync(Math.Min(course.Timeout.TotalSeconds * 0.8, course.Grace.TotalSeconds + lot.Between(0.5, 2)));
                return true;
            // Back within the grace, and silent then.
            case < 0.08:
                await streams.DropAsync();
                await course.PauseAsync(lot.Between(0, 2.6));
                await AskAsync(lot.OneOf([Ask.Heartbeat, Ask.Login, Ask.Stream]), lot.Falls(0.5) ? held : null);
                await course.PauseAsync(course.Grace.TotalSeconds + lot.Between(0, 1.2));
                return true;
            case < 0.095:
                await Task.WhenAll(streams.DropAsync(), AskAsync(lot.OneOf([Ask.Heartbeat, Ask.Stream, Ask.Release]), lot.Falls(0.5) ? held : null));
                await course.PauseAsync(lot.Between(0, 4));
                return true;
            case < 0.11:
                await streams.DropOneAsync();
                return true;
            case < 0.13:
                await OpenAsync(held);
                return true;
            default:
                return false;
        }
    }

    // A crash: nothing is heard of it for long after the grace, and until long before the timeout. Sometimes nobody else wants the seat meanwhile.
    private async Task StayAwayAsync(string held)
    {
        await streams.DropAsync();
        var back = course.Grace.TotalSeconds + lot.Between(3.2, 5);
        if (lot.Falls(0.4)) course.LullUntil[licenseNumber] = course.Recorder.Now + TimeSpan.FromSeconds(back);
        else back = lot.Between(back, course.Timeout.TotalSeconds * 0.8);
        await course.PauseAsync(back);
        await AskAsync(lot.OneOf([Ask.Heartbeat, Ask.Heartbeat, Ask.Login, Ask.Stream]), lot.Falls(0.3) ? held : null);
    }

    // When much of the timeout is over; and the program that was to take over does not come for as long.
    private async Task HandOverLateAsync(string held)
    {
        await course.PauseAsync(course.Timeout.TotalSeconds * lot.Between(0.2, 0.9));
        await AskAsync(Ask.Release, lot.Falls(0.5) ? held : null, handsOver: true);
        await course.PauseAsync(course.Timeout.TotalSeconds * lot.Between(0.5, 1.05));
    }

    // Far more than its own allowance: it is told to slow down, and may leave all the same.
    private async Task HurryAsync(string held)
    {
        const int Beats = 60;
        const int AtOnce = 6;
        for (var i = 0; i < Beats; i += AtOnce) await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => AskAsync(Ask.Heartbeat)));
        await AskAsync(Ask.Release, lot.Falls(0.5) ? held : null);
        await course.PauseAsync(lot.Between(5, 15));
    }

    private Task OpenAsync(string held) => AskAsync(Ask.Stream, lot.Falls(0.5) ? held : null);

    private async Task ReleaseAsync(string held)
    {
        var handsOver = lot.Falls(0.12);
        await AskAsync(Ask.Release, lot.Below(10) switch
        {
            < 6 => held,
            < 9 => null,
            _ => Old(),
        }, handsOver);
        // The program that was to take over may be slow, or not come.
        if (handsOver) await course.PauseAsync(lot.Between(0, course.Timeout.TotalSeconds));
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

    private Task AskAsync(Ask ask, string? named = null, bool handsOver = false) => AskWithinAsync(ask, named, CancellationToken.None, handsOver);

    private async Task AskWithinAsync(Ask ask, string? named, CancellationToken patience, bool handsOver = false)
    {
        var operation = course.Recorder.Begin(new Operation
        {
            License = licenseNumber,
            Device = role.Device,
            Ask = ask,
            Address = role.Machine.Address,
            Named = ask is Ask.Heartbeat or Ask.Release or Ask.Stream ? named : null,
            App = role.App ?? (role.IsOld ? null : ask == Ask.Stream ? habits.Streams(lot) : habits.Beats(lot)),
            HandsOver = handsOver,
            Proves = role.Install is not null && ask == Ask.Login,
            Token = Token(),
            Sent = course.Recorder.Now,
        });
        try
        {
            // Not cancelled by the end of the run: what is under way is answered, so that the record is whole.
            var caller = new Caller(lot.Falls(0.5), role.Spellings.Count == 0 ? null : lot.OneOf(role.Spellings), role.Install);
            if (ask == Ask.Stream)
            {
                var (told, line) = await course.Wire.OpenAsync(license, operation, caller, patience);
                course.Recorder.End(operation, told);
                if (line is not null) streams.Keep(operation, line);
            }
            else course.Recorder.End(operation, await course.Wire.AskAsync(license, operation, caller, patience));

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
        if (answered.NewToken is { } token)
        {
            tokens.Add(token);
            if (tokens.Count > 6) tokens.RemoveAt(0);
        }

        var told = answered.Told switch
        {
            Told.Holds => answered.SessionId,
            Told.Conflict or Told.ForcedOut or Told.KeptOut or Told.SessionOver or Told.LicenseBad or Told.Released or Told.LoginRequired => null,
            Told.NothingHeld when answered.Named is null || answered.Named == session => null,
            _ => session,
        };
        if (session is { } before && told != before) past.Add(before);
        // Another session, other programs; most say nothing, as those in the field. With a long timeout the former ones would be live in
        // it for long, without streams.
        if (told is not null && told != session && !(course.IsTimeoutLong && lot.Falls(0.8))) habits = Habits.Choose(lot);
        session = told;
    }

    // Now and then one that somebody may have found: it was replaced more than once.
    private string? Token() => tokens.Count == 0 || role.Install is null ? null : tokens.Count > 2 && lot.Falls(0.02) ? tokens[lot.Below(tokens.Count - 2)] : tokens[^1];

    private string? Old() => past.Count == 0 ? null : past[Math.Max(0, past.Count - 1 - lot.Below(3))];

    // Twice a second, all who want to log in just then do.
    private Task UntilAllMeetAsync()
    {
        const double Every = 0.5;
        var now = course.Recorder.Now.TotalSeconds;
        return course.PauseAsync((Math.Ceiling(now / Every) * Every) - now);
    }
}
