namespace QuoTrading.Portal.Bench.Generating;

/// <summary>Like a proxy that restarts: now and then most streams drop in the same instant.</summary>
public sealed class Proxy(Course course, Lot lot)
{
    public async Task RunAsync()
    {
        try
        {
            while (true)
            {
                // With long timeouts it is single drops that are of interest.
                await course.PauseAsync(course.IsTimeoutLong ? lot.Between(20, 40) : lot.Between(8, 16));
                // So that there are many.
                course.GatherUntil = course.Recorder.Now + TimeSpan.FromSeconds(3);
                await course.PauseAsync(3);
                var dropped = course.Streaming.Keys.Where(_ => lot.Falls(0.9)).ToList();
                foreach (var streams in dropped) streams.WereCut = true;
                await Task.WhenAll(dropped.Select(streams => streams.DropAsync()));
            }
        }
        catch (OperationCanceledException) when (course.Stop.IsCancellationRequested)
        {
            return;
        }
    }
}
