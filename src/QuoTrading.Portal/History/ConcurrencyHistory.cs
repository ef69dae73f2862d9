using Microsoft.EntityFrameworkCore;
using QuoTrading.Portal.Sessions.Live;
using QuoTrading.Portal.Storage;

namespace QuoTrading.Portal.History;

/// <summary>How many sessions were live at a time, as far back as history is kept.</summary>
public sealed class ConcurrencyHistory(IDbContextFactory<PortalDbContext> contexts, ConcurrencyGauge gauge)
{
    /// <summary>
    /// The peaks of equal time steps, oldest first. A step in which the portal never ran is left out: it is a gap, not a zero.
    /// </summary>
    /// <param name="from">UTC, included; the first step starts here.</param>
    /// <param name="to">UTC, not included.</param>
    /// <param name="step">At least a minute. Each row of the result covers one step that starts at its <c>Minute</c>.</param>
    public async Task<IReadOnlyList<ConcurrentSessions>> ReadAsync(DateTime from, DateTime to, TimeSpan step, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, TimeSpan.FromMinutes(1));
        await using var db = await contexts.CreateDbContextAsync(cancel);
        var steps = new List<ConcurrentSessions>();
        // Read first: a minute that is written between both reads is seen twice, which does no harm, rather than missed.
        var unwritten = gauge.Unwritten();
        await foreach (var minute in db.ConcurrentSessions.AsNoTracking().Where(m => m.Minute >= from && m.Minute < to).OrderBy(m => m.Minute).AsAsyncEnumerable().WithCancellation(cancel))
            Add(minute);

        foreach (var minute in unwritten.Where(m => m.Minute >= from && m.Minute < to)) Add(minute);
        return steps;

        void Add(ConcurrentSessions minute)
        {
            var start = from.AddTicks((minute.Minute - from).Ticks / step.Ticks * step.Ticks);
            // Nearly always the last step; not if the clock was set back.
            var before = steps.FindLastIndex(one => one.Minute <= start);
            if (before < 0 || steps[before].Minute != start) steps.Insert(++before, new ConcurrentSessions { Minute = start });
            steps[before].Live = Math.Max(steps[before].Live, minute.Live);
            steps[before].Licenses = Math.Max(steps[before].Licenses, minute.Licenses);
        }
    }
}
