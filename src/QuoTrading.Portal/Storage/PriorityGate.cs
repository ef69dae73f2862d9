namespace QuoTrading.Portal.Storage;

/// <summary>Lets one in at a time: those who come first-class before all others, each kind in the order it came.</summary>
internal sealed class PriorityGate
{
    private readonly Lock door = new();
    private readonly LinkedList<Place> first = new();
    private readonly LinkedList<Place> others = new();
    private bool taken;

    /// <summary>Waits for the turn; disposing the result gives it to the next.</summary>
    /// <param name="goesHome">May be sent away by <see cref="Dismiss"/>.</param>
    public async ValueTask<IDisposable> EnterAsync(bool goesFirst, bool goesHome = false, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        LinkedListNode<Place> place;
        lock (door)
        {
            if (!taken)
            {
                taken = true;
                return new Turn(this);
            }

            place = new(new Place(new(TaskCreationOptions.RunContinuationsAsynchronously), goesHome));
            (goesFirst ? first : others).AddLast(place);
        }

        await using var registration = cancel.Register(() => GiveUp(place, cancel));
        await place.Value.Turn.Task;
        return new Turn(this);
    }

    /// <summary>
    /// Sends away those not first-class who wait and said they would go: one after the other they would find out the same, and the
    /// first-class go between them each time.
    /// </summary>
    /// <param name="why">What their waiting ends with.</param>
    public void Dismiss(Func<Exception> why)
    {
        var sent = new List<TaskCompletionSource>();
        lock (door)
        {
            for (var place = others.First; place is not null;)
            {
                var next = place.Next;
                if (place.Value.GoesHome)
                {
                    others.Remove(place);
                    sent.Add(place.Value.Turn);
                }

                place = next;
            }
        }

        foreach (var turn in sent) turn.TrySetException(why());
    }

    private void GiveUp(LinkedListNode<Place> place, CancellationToken cancel)
    {
        lock (door)
        {
            // Not in a queue any more: its turn came first, and whoever waits takes it.
            if (place.List is null) return;
            place.List.Remove(place);
        }

        place.Value.Turn.TrySetCanceled(cancel);
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
            next = place.Value.Turn;
        }

        next.SetResult();
    }

    private sealed record Place(TaskCompletionSource Turn, bool GoesHome);

    private sealed class Turn(PriorityGate gate) : IDisposable
    {
        private PriorityGate? held = gate;

        public void Dispose() => Interlocked.Exchange(ref held, null)?.Leave();
    }
}
