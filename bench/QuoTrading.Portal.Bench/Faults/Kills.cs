using System.Diagnostics;
using QuoTrading.Portal.Bench.Generating;

namespace QuoTrading.Portal.Bench.Faults;

/// <summary>The server is killed at random instants in the middle of its work. What it had acknowledged is there afterwards.</summary>
internal sealed class Kills : IFault
{
    private const int Times = 50;

    public string Name => "kills";

    public string What => $"`kill -9` {Times} times under load: logins, releases, forced logouts, settings, and licenses made and changed by commands";

    public async Task<Finding> RunAsync(FaultRun run)
    {
        var judgement = new Judgement();
        var lot = new Lot(run.Seed, 1);
        var restarts = new Latencies();
        await using var bed = await Bed.StartAsync(run);
        var keys = await bed.CreateKeysAsync(13);
        List<IWitness> witnesses =
        [
            .. keys[..8].Select((key, i) => new LoginWitness(bed, key, $"fault-device-{i}")),
            .. keys[8..12].Select((key, i) => new LogoutWitness(bed, key, $"fault-victim-{i}")),
            new SettingsWitness(bed),
        ];
        var commands = new LicenseWitness(bed);

        for (var kill = 1; kill <= Times; kill++)
        {
            // One round in four a person is at work, too: his commands start a process each, and that takes its time.
            var command = kill % 4 == 0 ? commands.StepAsync() : Task.CompletedTask;
            var work = Task.WhenAll(witnesses.Select(UntilKilledAsync));
            await Task.Delay(TimeSpan.FromSeconds(lot.Between(0.1, kill % 4 == 0 ? 3 : 1)));
            await bed.Portal.KillAsync();
            await work;

            var watch = Stopwatch.StartNew();
            await bed.Portal.StartAsync();
            var ready = await Bed.UntilServedAsync(() => bed.LogInAsync(keys[12], "fault-probe"), TimeSpan.FromSeconds(30)) is not null;
            restarts.Add(watch.Elapsed);
            judgement.Expect(ready, "it did not serve again within 30 s");
            await command;
            foreach (var witness in witnesses.Append(commands)) await witness.CheckAsync(judgement);
            if (kill % 10 == 0 || kill == Times)
            {
                DatabaseFile.CheckWhole(bed.FilePath, judgement, $"after kill {kill}");
                foreach (var witness in witnesses.Append(commands)) witness.CheckFile(judgement);
                run.Say($"{kill} kills, {witnesses.Append(commands).Sum(witness => witness.Acknowledged):N0} acknowledged");
            }
        }

        int Of<T>() => witnesses.Append(commands).Where(witness => witness is T).Sum(witness => witness.Acknowledged);
        return judgement.Finish($"{Of<LoginWitness>():N0} logins and releases, {Of<LogoutWitness>():N0} logins and forced logouts, {Of<SettingsWitness>():N0} settings, "
            + $"{Of<LicenseWitness>()} license changes acknowledged and looked for; start to first answer: p50 {restarts.Percentile(50) / 1000:F1} s, longest {restarts.Longest.TotalSeconds:F1} s");
    }

    private static async Task UntilKilledAsync(IWitness witness)
    {
        try
        {
            while (true) await witness.StepAsync();
        }
        catch (HttpRequestException)
        {
            // Killed: the last request was never answered.
            return;
        }
    }
}
