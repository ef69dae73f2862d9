using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;

namespace QuoTrading;

/// <summary>Tells a program what happened, one after the other, on threads of the pool. Nothing waits for it.</summary>
internal sealed class LicenseTeller
{
    private readonly ConcurrentQueue<Action> told = new();
    private int telling;

    public void Tell(Action what)
    {
        told.Enqueue(what);
        if (Interlocked.Exchange(ref telling, 1) == 0) _ = Task.Run(TellAll);
    }

    /// <summary>What a program's own code throws must not end what nobody else would do; it comes here.</summary>
    internal Action<Exception> OnFault { get; init; } = _ => { };

    private void TellAll()
    {
        do
        {
            while (told.TryDequeue(out var what))
            {
                try
                {
                    what();
                }
                catch (Exception fault)
                {
                    OnFault(fault);
                }
            }

            Volatile.Write(ref telling, 0);
        }
        while (!told.IsEmpty && Interlocked.Exchange(ref telling, 1) == 0);
    }
}
