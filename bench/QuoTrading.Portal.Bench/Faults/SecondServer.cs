namespace QuoTrading.Portal.Bench.Faults;

/// <summary>A second server on the same database would decide on its own; it must not start.</summary>
internal sealed class SecondServer : IFault
{
    public string Name => "second-server";

    public string What => "a second server is started on the same database";

    public async Task<Finding> RunAsync(FaultRun run)
    {
        var judgement = new Judgement();
        await using var bed = await Bed.StartAsync(run);
        var key = (await bed.CreateKeysAsync(1))[0];
        var second = await bed.Portal.TryRunAsync("--urls", "http://127.0.0.1:0");
        var sentences = second.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        judgement.Expect(second.ExitCode == 1, $"it ended with exit code {second.ExitCode}");
        judgement.Expect(sentences is [var one] && one.Contains($"process {bed.Portal.Id} on ", StringComparison.Ordinal), $"it said: {second.Errors}");
        judgement.Expect((await bed.LogInAsync(key, "A")).Status == 200, "the first one does not serve");
        return judgement.Finish($"exit code {second.ExitCode}, {sentences.Length} sentence, which names the holder's process; the first one serves");
    }
}
