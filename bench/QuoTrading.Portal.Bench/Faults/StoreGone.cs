namespace QuoTrading.Portal.Bench.Faults;

/// <summary>What must hold whatever takes the store away: load before, during and after.</summary>
internal static class StoreGone
{
    private const int Clients = 6;
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(4);

    /// <param name="begin">Takes the store away.</param>
    /// <param name="end">Gives it back. Called in any case.</param>
    public static async Task<Finding> RunAsync(Bed bed, Func<Task> begin, Func<Task> end)
    {
        var judgement = new Judgement();
        var keys = await bed.CreateKeysAsync(Clients + 2);
        var session = (await bed.LogInAsync(keys[^1], "A")).Get("session_id");
        var refusals = new Latencies();
        var witnesses = keys[..Clients].Select((key, i) => new LoginWitness(bed, key, $"fault-device-{i}", reply =>
        {
            judgement.Expect(reply.Status == 503 && reply.RetryAfter is > 0, $"{reply.Status} {reply.Text}");
            refusals.Add(reply.Took);
        })).ToList();
        var load = new Ongoing(TimeSpan.FromMilliseconds(5), witnesses.Select<LoginWitness, Func<Task>>(witness => witness.StepAsync));
        await Task.Delay(300);
        var red = false;
        try
        {
            await begin();
            for (var i = 0; i < Away.TotalMilliseconds / 50; i++)
            {
                red |= await bed.IsRedAsync();
                await Task.Delay(50);
            }
        }
        finally
        {
            await end();
        }

        var served = await Bed.UntilServedAsync(() => bed.LogInAsync(keys[Clients], "probe"), TimeSpan.FromSeconds(20));
        judgement.Expect(served is not null, "it did not serve again within 20 s");
        await Task.Delay(300);
        await load.EndAsync();
        judgement.Expect(refusals.Count > 0, "nobody was told 503");
        judgement.Expect(red, "the light was never red");
        judgement.Expect(!await bed.IsRedAsync(), "the light stayed red");
        foreach (var witness in witnesses)
        {
            await witness.CheckAsync(judgement);
            witness.CheckFile(judgement);
        }

        var beat = await bed.BeatAsync(keys[^1], "A");
        judgement.Expect(beat.Status == 200 && beat.Get("session_id") == session, $"the holder was told {beat.Status} {beat.Text}");
        DatabaseFile.CheckWhole(bed.FilePath, judgement, "afterwards");
        return judgement.Finish($"{refusals.Count:N0} answers 503 with Retry-After ({refusals}); {witnesses.Sum(w => w.Acknowledged):N0} acknowledged changes all there; light red; served again {served?.TotalMilliseconds:F0} ms after it was over");
    }
}
