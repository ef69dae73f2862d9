using QuoTrading.Portal.Bench.History;

namespace QuoTrading.Portal.Bench.Generating;

/// <summary>Kills, suspends, stops and starts the server while everything goes on.</summary>
public sealed class Disturber(Course course, PortalUnderTest portal, Lot lot)
{
    public async Task RunAsync()
    {
        try
        {
            var calm = false;
            while (true)
            {
                foreach (var disturb in lot.Shuffle<Func<Task>>([KillAsync, KillAsync, KillTwiceAsync, () => SuspendAsync(lot.Between(8, 10)), () => SuspendAsync(lot.Between(2.6, 3.5)), RestartAsync, SuspendAgainAndAgainAsync]))
                {
                    // Soon after one another and, every other time, late: where nothing disturbs the server, every time-out is exact.
                    var late = calm ? lot.Between(12, 18) : lot.Between(3, 6);
                    // A single drop says something where nothing disturbs the server for some seconds.
                    await course.PauseAsync(course.IsTimeoutLong ? late * 2 : late);
                    calm = !calm;
                    await disturb();
                }
            }
        }
        catch (OperationCanceledException) when (course.Stop.IsCancellationRequested)
        {
            return;
        }
    }

    private Task KillAsync() => ReplaceAsync(DisturbanceKind.Kill, portal.KillAsync);

    // The second strikes when what the first gave back is nearly used up.
    private async Task KillTwiceAsync()
    {
        await KillAsync();
        await course.PauseAsync(lot.Between(7, 13));
        await KillAsync();
    }

    private Task RestartAsync() => ReplaceAsync(DisturbanceKind.Restart, portal.StopAsync);

    private async Task ReplaceAsync(DisturbanceKind kind, Func<Task> end)
    {
        course.GoesDown();
        var disturbance = course.Recorder.Disturb(kind);
        await end();
        course.Recorder.Begun(disturbance);
        course.Recorder.Gone(disturbance);
        await portal.StartAsync();
        course.Recorder.Over(disturbance);
        course.IsUp();
    }

    // Whoever is silent all the time must not be kept for ever by it.
    private async Task SuspendAgainAndAgainAsync()
    {
        const int Times = 5;
        const double Suspended = 2.6;
        const double Between = 5;
        course.HushUntil = course.Recorder.Now + TimeSpan.FromSeconds(Times * (Suspended + Between));
        for (var i = 0; i < Times; i++)
        {
            await SuspendAsync(Suspended);
            await course.PauseAsync(Between);
        }
    }

    private async Task SuspendAsync(double seconds)
    {
        var disturbance = course.Recorder.Disturb(DisturbanceKind.Suspension);
        await portal.SignalAsync("STOP");
        course.Recorder.Begun(disturbance);
        // Not cut short by the end of the run: it goes on in any case.
        await Task.Delay(TimeSpan.FromSeconds(seconds), CancellationToken.None);
        course.Recorder.Gone(disturbance);
        await portal.SignalAsync("CONT");
        course.Recorder.Over(disturbance);
    }
}
