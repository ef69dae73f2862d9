using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.Sessions;

/// <summary>How many sessions were live at a time, as far back as history is kept.</summary>
public sealed class ConcurrencyHistory(IDbContextFactory<PortalDbContext> contexts)
{
    /// <summary>The peaks of equal steps of time, oldest first. A step in which the portal never ran is left out: a gap, and no zero.</summary>
    /// <param name="from">UTC, included; steps count from here.</param>
    /// <param name="to">UTC, not included.</param>
    /// <param name="step">At least a minute. Each row of the result stands for so long, from its <c>Minute</c> on.</param>
    public async Task<IReadOnlyList<ConcurrentSessions>> ReadAsync(DateTime from, DateTime to, TimeSpan step, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, TimeSpan.FromMinutes(1));
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var steps = new List<ConcurrentSessions>();
        await foreach (var minute in db.ConcurrentSessions.AsNoTracking().Where(m => m.Minute >= from && m.Minute < to).OrderBy(m => m.Minute).AsAsyncEnumerable().WithCancellation(cancel))
        {
            var start = from.AddTicks((minute.Minute - from).Ticks / step.Ticks * step.Ticks);
            if (steps is not [.., var last] || last.Minute != start) steps.Add(last = new ConcurrentSessions { Minute = start });
            last.Live = Math.Max(last.Live, minute.Live);
            last.Licenses = Math.Max(last.Licenses, minute.Licenses);
        }

        return steps;
    }
}
