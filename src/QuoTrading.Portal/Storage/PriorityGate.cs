namespace QuoTrading.Portal.Storage;

/// <summary>An asynchronous mutex with two queues: the first queue is served before the other, each in the order of arrival.</summary>
internal sealed class PriorityGate
{
    private readonly Lock door = new();
    private readonly LinkedList<Place> first = new();
    private readonly LinkedList<Place> others = new();
    private bool taken;

    /// <summary>Waits for its turn. Dispose the result to let the next one in.</summary>
    /// <param name="goesFirst">Whether it waits in the first queue.</param>
    /// <param name="goesHome">Whether <see cref="Dismiss"/> ends its wait; only in the other queue.</param>
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
    /// Ends the wait of all entries of the other queue that were added with <c>goesHome</c>. Otherwise they would fail one after the other
    /// for the same reason, each of them after the entries of the first queue.
    /// </summary>
    /// <param name="why">Creates the exception that a dismissed wait throws.</param>
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
            // No longer in a queue: its turn came before the cancellation, and the waiting caller gets it.
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
