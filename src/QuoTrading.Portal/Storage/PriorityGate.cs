namespace QuoTrading.Portal.Storage;

/// <summary>Lets one in at a time: those who come first-class before all others, each kind in the order it came.</summary>
internal sealed class PriorityGate
{
    private readonly Lock door = new();
    private readonly LinkedList<TaskCompletionSource> first = new();
    private readonly LinkedList<TaskCompletionSource> others = new();
    private bool taken;

    /// <summary>Waits for the turn; disposing the result gives it to the next.</summary>
    public async ValueTask<IDisposable> EnterAsync(bool goesFirst, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        LinkedListNode<TaskCompletionSource> place;
        lock (door)
        {
            if (!taken)
            {
                taken = true;
                return new Turn(this);
            }

            place = new(new(TaskCreationOptions.RunContinuationsAsynchronously));
            (goesFirst ? first : others).AddLast(place);
        }

        await using var registration = cancel.Register(() => GiveUp(place, cancel));
        await place.Value.Task;
        return new Turn(this);
    }

    private void GiveUp(LinkedListNode<TaskCompletionSource> place, CancellationToken cancel)
    {
        lock (door)
        {
            // Not in a queue any more: its turn came first, and whoever waits takes it.
            if (place.List is null) return;
            place.List.Remove(place);
        }

        place.Value.TrySetCanceled(cancel);
    }

    private void Leave()
    {
        TaskCompletionSource next;
        lock (door)
        {
            var queue = first.Count > 0 ? first : others;
            if (queue.First is not { } place)
            {
                taken = false;
                return;
            }

            queue.RemoveFirst();
            next = place.Value;
        }

        next.SetResult();
    }

    private sealed class Turn(PriorityGate gate) : IDisposable
    {
        private PriorityGate? held = gate;

        public void Dispose() => Interlocked.Exchange(ref held, null)?.Leave();
    }
}
