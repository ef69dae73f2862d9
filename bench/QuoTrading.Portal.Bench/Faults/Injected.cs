namespace QuoTrading.Portal.Bench.Faults;

/// <summary>The disk fails under the running server, in several ways and at several moments.</summary>
internal sealed class Injected : IFault
{
    private const int Clients = 6;

    // Alone, from the third on, and every seventh: so that a commit fails at its first write, in its middle and at its end.
    private static readonly (string Calls, string Error, string When)[] Ways =
    [
        .. from calls in new[] { "write,pwrite64", "fsync,fdatasync" }
           from error in new[] { "EIO", "ENOSPC" }
           from moment in new[] { "1+", "3+", "2+7" }
           select (calls, error, moment),
    ];

    public string Name => "injected";

    public string What => "EIO and ENOSPC at write and at sync of the database's files (`strace -e inject`): always, from the third on, every seventh";

    public async Task<Finding> RunAsync(FaultRun run)
    {
        Tools.Need("strace");
        var judgement = new Judgement();
        var recoveries = new Latencies();
        await using var bed = await Bed.StartAsync(run);
        var keys = await bed.CreateKeysAsync(Clients + 1);
        var (refusals, without) = (0, 0);
        void Refused(Reply reply)
        {
            Interlocked.Increment(ref refusals);
            judgement.Expect(reply.Status == 503, $"{reply.Status} {reply.Text}");
            if (reply.RetryAfter is not > 0) Interlocked.Increment(ref without);
        }

        var witnesses = keys[..Clients].Select((key, i) => new LoginWitness(bed, key, $"fault-device-{i}", Refused)).ToList();
        foreach (var (calls, error, moment) in Ways)
        {
            var load = new Ongoing(TimeSpan.FromMilliseconds(5), witnesses.Select<LoginWitness, Func<Task>>(witness => witness.StepAsync));
            await Task.Delay(200);
            var before = refusals;
            var red = false;
            string[] inject = ["-o", "/dev/null", "-P", bed.FilePath, "-P", bed.FilePath + "-wal", "-e", $"trace={calls}", "-e", $"inject={calls}:error={error}:when={moment}"];
            await using (await Strace.AttachAsync(bed.Portal.Id, inject))
            {
                for (var i = 0; i < 50; i++)
                {
                    red |= await bed.IsRedAsync();
                    await Task.Delay(40);
                }
            }

            var served = await Bed.UntilServedAsync(() => bed.LogInAsync(keys[^1], "probe"), TimeSpan.FromSeconds(20));
            judgement.Expect(served is not null, $"{error} at {calls} ({moment}): it did not serve again within 20 s");
            recoveries.Add(served ?? TimeSpan.Zero);
            await load.EndAsync();
            judgement.Expect(refusals > before, $"{error} at {calls} ({moment}): nobody was told 503");
            judgement.Expect(red, $"{error} at {calls} ({moment}): the light was never red");
            run.Say($"{error} at {calls}, {moment}: {refusals - before} answers 503, served again after {served?.TotalMilliseconds:F0} ms");
            foreach (var witness in witnesses) await witness.CheckAsync(judgement);
            DatabaseFile.CheckWhole(bed.FilePath, judgement, $"{error} at {calls} ({moment})");
        }

        judgement.Expect(without == 0, $"{without} answers 503 without Retry-After");
        foreach (var witness in witnesses) witness.CheckFile(judgement);
        return judgement.Finish($"{Ways.Length} ways, {refusals:N0} answers 503 with Retry-After; {witnesses.Sum(w => w.Acknowledged):N0} acknowledged changes all there, nothing half done, "
            + $"{witnesses.Sum(w => w.RefusedButDone)} refused changes found done; light red each time; served again {recoveries.Percentile(50):F0} ms (longest {recoveries.Longest.TotalMilliseconds:F0} ms) after the fault was gone");
    }
}
