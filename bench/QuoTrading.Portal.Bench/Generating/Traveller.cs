namespace QuoTrading.Portal.Bench.Generating;

/// <summary>Moves machines from network to network while everything goes on.</summary>
public sealed class Traveller(Course course, Journey journey, Lot lot)
{
    // Three intervals and more: whoever is back sooner looks like two.
    private const double LeastStay = 8;

    public async Task RunAsync()
    {
        try
        {
            await course.PauseAsync(lot.Between(0, 5));
            while (true) await (journey.Part ? PartAsync() : MoveAsync());
        }
        catch (OperationCanceledException) when (course.Stop.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task MoveAsync()
    {
        await course.PauseAsync(lot.Between(LeastStay, 3 * LeastStay));
        var first = journey.Machines[0];
        var to = (first.Place + 1 + lot.Below(first.Places - 1)) % first.Places;
        foreach (var machine in journey.Machines) machine.Place = to;
    }

    // Together, then apart for a little less than the timeout, or for more; then together again.
    private async Task PartAsync()
    {
        foreach (var machine in journey.Machines) machine.Place = 0;
        await course.PauseAsync(lot.Between(LeastStay, LeastStay + 4));
        for (var i = 1; i < journey.Machines.Count; i++) journey.Machines[i].Place = i;
        await course.PauseAsync(lot.Falls(0.35) ? course.Timeout.TotalSeconds * 0.7 : course.Timeout.TotalSeconds + lot.Between(2.5, 7));
    }
}
